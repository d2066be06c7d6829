import { Failure } from '../failure.ts';
import type { RequestOutcome } from './response.ts';

type Unreachable = Extract<RequestOutcome, { readonly outcome: 'unreachable' }>;

export function unreachable({ host, reason }: Unreachable): Failure {
  return new Failure(
    'MiniMaxUnreachable',
    `No connection to ${host} could be made (${reason}), so nothing was sent.`,
  );
}
