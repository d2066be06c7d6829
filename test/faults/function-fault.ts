import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

/** What goes wrong with a function, the first so many times that it is invoked. */
export interface FunctionFault {
  /** As in `SubmitTask`. */
  readonly name: string;
  readonly kind:
    | 'is throttled'
    | 'is refused by the service'
    | 'runs, and the service says that it failed'
    | 'goes on after the service said that it failed'
    | 'throws before it does anything'
    | 'crashes before it does anything'
    | 'crashes after its work'
    | 'runs out of time after its work'
    | 'has no bucket';
  readonly times: number;
}

/** Time enough for a create to be sent, and not for one that is slow to be answered. */
const GONE_AFTER_MS = 100;

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

interface FaultOptions {
  /** The JSON file with the faults that are still to come. */
  readonly faultFile: string;
  readonly bucketFolder: string;
}

/** Wraps the real handler of a function; runs in its worker. */
export function faulty(name: string, handler: Handler, { faultFile, bucketFolder }: FaultOptions): Handler {
  return async (event, context) => {
    switch (takeFault(name, faultFile)) {
      case 'is throttled':
        throw named('Lambda.TooManyRequestsException');
      case 'is refused by the service':
        throw named('Lambda.ServiceException');
      case 'runs, and the service says that it failed':
        await handler(event, context);
        throw named('Lambda.ServiceException');
      case 'goes on after the service said that it failed':
        void handler(event, context);
        await after(GONE_AFTER_MS);
        throw named('Lambda.SdkClientException');
      case 'throws before it does anything':
        throw new TypeError("Cannot read properties of undefined (reading 'x')");
      case 'crashes before it does anything':
        return process.exit(1);
      case 'crashes after its work':
        await handler(event, context);
        return process.exit(1);
      case 'runs out of time after its work':
        await handler(event, context);
        return after(60_000);
      case 'has no bucket':
        return withoutFolder(bucketFolder, () => handler(event, context));
      case undefined:
        return handler(event, context);
    }
  };
}

function takeFault(name: string, faultFile: string): FunctionFault['kind'] | undefined {
  if (!existsSync(faultFile)) return undefined;
  const faults = JSON.parse(readFileSync(faultFile, 'utf8')) as readonly FunctionFault[];
  const fault = faults.find((candidate) => candidate.name === name && candidate.times > 0);
  if (fault === undefined) return undefined;
  const left = faults.map((each) => (each === fault ? { ...each, times: each.times - 1 } : each));
  writeFileSync(faultFile, JSON.stringify(left));
  return fault.kind;
}

async function withoutFolder(folder: string, work: () => Promise<unknown>): Promise<unknown> {
  renameSync(folder, `${folder}.away`);
  try {
    return await work();
  } finally {
    renameSync(`${folder}.away`, folder);
  }
}

function named(name: string): Error {
  return Object.assign(new Error('simulated'), { name });
}
