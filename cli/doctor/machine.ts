import { type Check, ok, problem } from './check.ts';

const LEAST_NODE = 20;
const LOCAL_NODE = 24;

/** @param version of Node */
export function checkNode(version: string): Check {
  const major = Number.parseInt(version, 10);
  if (major >= LOCAL_NODE) return ok('Node', version);
  if (major >= LEAST_NODE)
    return ok('Node', `${version}; dev, make --here and reindex --local need Node ${LOCAL_NODE}`);
  return problem('Node', version, `Install Node ${LOCAL_NODE}, or ${LEAST_NODE} at least.`);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html: a signature is valid for five minutes. */
const MAX_SKEW_SECONDS = 240;

/** @param date the header of an answer; null where there is none */
export function checkClock(peer: string, date: string | null, now: Date): Check {
  const seconds = Math.round((now.getTime() - Date.parse(date ?? '')) / 1000);
  if (Number.isNaN(seconds))
    return problem('clock', `${peer} sent no Date header`, 'Check the clock by hand.');
  const difference = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} ${peer}`;
  if (Math.abs(seconds) <= MAX_SKEW_SECONDS) return ok('clock', difference);
  return problem(
    'clock',
    difference,
    'Set the clock of this machine: AWS rejects signatures that are more than five minutes off.',
  );
}
