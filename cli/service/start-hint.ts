import { shownCommand } from '../command-line/npm.ts';

/** Of `dev`. */
const DEFAULT_PORT = '3000';
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:|$)/;

/** What to do where no program listens at an address of this machine. */
export function startHintFor({
  host,
  reason,
}: {
  readonly host: string;
  readonly reason: string;
}): string | undefined {
  if (reason !== 'ECONNREFUSED' || !LOOPBACK.test(host)) return undefined;
  const port = /:(\d+)$/.exec(host)?.[1];
  const flags = port === undefined || port === DEFAULT_PORT ? '' : `--port ${port}`;
  return `Start the service there: ${shownCommand('dev', flags)}`;
}
