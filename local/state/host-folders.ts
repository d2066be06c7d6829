import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';

/** The folder of everything that outlives a run. */
const ROOT = '.local';

const SIMULATED = 'simulated';

/** The data of one MiniMax host. A task of one host is unknown to another. */
export interface HostFolder {
  readonly path: string;
  readonly objects: string;
  readonly state: string;
  readonly simulator: string;
  readonly log: string;
}

/** @param host the origin of the real MiniMax; undefined for the simulator */
export function hostFolder(host: string | undefined): HostFolder {
  const path = join(ROOT, host === undefined ? SIMULATED : nameOf(host));
  return {
    path,
    objects: join(path, 'objects'),
    state: join(path, 'state'),
    simulator: join(path, 'simulator'),
    log: join(path, 'functions.log'),
  };
}

/** Lets only its owner read the root folder. */
export function closeRoot(): void {
  mkdirSync(ROOT, { recursive: true, mode: 0o700 });
  chmodSync(ROOT, 0o700);
}

/** Unfinished videos of another host, or why its database cannot be read. */
export type OtherHost =
  | { readonly name: string; readonly videos: number; readonly taskIds: readonly string[] }
  | { readonly name: string; readonly unreadable: string };

/** The unfinished videos in the folders of other hosts, which this start does not resume. */
export function unfinishedElsewhere(own: Pick<HostFolder, 'path'>, root = ROOT): readonly OtherHost[] {
  const others = readdirSync(root).filter((name) => join(root, name) !== own.path);
  return others.flatMap((name) => {
    try {
      return unfinishedIn(name, join(root, name, 'state', 'executions.sqlite'));
    } catch (error) {
      return [{ name, unreadable: error instanceof Error ? error.message : String(error) }];
    }
  });
}

function unfinishedIn(name: string, path: string): readonly OtherHost[] {
  const inputs = existsSync(path) ? inputsOfRunning(path) : [];
  const taskIds = inputs.flatMap((input) => /"task_id":"([^"]+)"/.exec(input)?.[1] ?? []);
  return inputs.length === 0 ? [] : [{ name, videos: inputs.length, taskIds }];
}

const enteredDetails = z.object({
  stateEnteredEventDetails: z.optional(z.object({ input: z.optional(z.string()) })),
});

/** The input of the newest state of each execution. It contains the task's id where there is a task. */
function inputsOfRunning(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const newest = `SELECT details FROM event WHERE execution = name AND type LIKE '%StateEntered' ORDER BY id DESC LIMIT 1`;
    const rows = database
      .prepare(`SELECT (${newest}) AS entered FROM execution WHERE status = 'RUNNING'`)
      .all();
    return rows.map(({ entered }) => {
      const details = z.parse(enteredDetails, JSON.parse(String(entered ?? '{}')));
      return details.stateEnteredEventDetails?.input ?? '';
    });
  } finally {
    database.close();
  }
}

/** Two names of one host. Both have one folder, so that an Idempotency-Key counts under both. */
const OLDER_NAMES: ReadonlyMap<string, string> = new Map([['api.minimaxi.com', 'api.minimax.cn']]);

/** As in `api.minimax.io`, or `127.0.0.1_8080`. */
function nameOf(origin: string): string {
  const { host } = new URL(origin);
  return (OLDER_NAMES.get(host) ?? host).replaceAll(/[^\w.-]/g, '_');
}
