import { ApiError, type Catalogue } from '../../client/index.ts';
import type { Service } from '../service/connect.ts';
import { type Check, ok, problem } from './check.ts';
import { checkClock } from './machine.ts';

/** What `GET /templates` says: the API is reachable, and the caller is authorized. @returns the catalogue where it was answered */
export async function checkApi(
  service: Service,
): Promise<{ readonly checks: readonly Check[]; readonly catalogue?: Catalogue }> {
  const { host } = new URL(service.videosUrl);
  try {
    const catalogue = await service.client.templates();
    const minimax = service.isSimulated() ? 'a simulated MiniMax, which costs nothing' : catalogue.host;
    return {
      checks: [ok('API', `${host} answers this caller, and calls ${minimax}`), clockOf(service, host)],
      catalogue,
    };
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof ApiError)) return { checks: [problem('API', message, UNREACHABLE)] };
    return { checks: [problem('API', message, DENIED), clockOf(service, host)] };
  }
}

const UNREACHABLE = 'Check the address and your network. On this machine, dev has to run.';
const DENIED = 'The caller needs execute-api:Invoke for this API, or a key of its usage plan with --key.';

function clockOf(service: Service, host: string): Check {
  const { date = null, receivedAt = new Date() } = service.lastAnswer() ?? {};
  return checkClock(host, date, receivedAt);
}
