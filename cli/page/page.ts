import type { Interruption } from '../command.ts';
import { toWholeNumber } from '../command-line/whole-number.ts';
import { readLocalEnvironment } from '../environment.ts';
import { printStatus } from '../print-status.ts';
import { reach } from '../service/connect.ts';
import { toWhere, type WhereValues } from '../service/where.ts';
import { takenPort } from '../taken-port.ts';
import { openSecretly } from './open-secretly.ts';
import { startPageServer } from './server.ts';

interface PageValues extends WhereValues {
  readonly port: string;
  readonly open: boolean;
}

/** Serves the page of a service until Ctrl-C. @returns the exit code. @throws UsageError */
export async function page(values: PageValues, interruption: Interruption): Promise<number> {
  const port = toWholeNumber('--port', values.port, { from: 0, to: 65_535 });
  const environment = readLocalEnvironment();
  const where = toWhere(values, environment);
  const reached = await reach(where, environment);
  const server = await startPageServer(reached, port).catch(takenPort(port));
  // Without `AsyncDisposableStack`, because the command runs on Node 20 too.
  await using _server = { [Symbol.asyncDispose]: () => server.stop() };
  console.log(server.address);
  printStatus(
    `This is the page of ${where.name}. Keep the address secret: anyone who has it can make videos that you pay for.`,
    'Ctrl-C stops it.',
  );
  await using _opened = values.open ? await openSecretly(server.address) : undefined;
  await interruption.promise;
  return 0;
}
