import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where everything lies that outlives a run. */
const ROOT = '.local';

const SIMULATED = 'simulated';

/** What belongs to one MiniMax: a task of one is never asked for at another. */
export interface HostFolder {
  readonly path: string;
  readonly objects: string;
  readonly state: string;
  readonly simulator: string;
  readonly log: string;
}

/** @param host the origin of the real MiniMax; undefined for the simulated one */
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

/** Makes the folder above all of them its owner's alone. */
export function closeRoot(): void {
  mkdirSync(ROOT, { recursive: true, mode: 0o700 });
  chmodSync(ROOT, 0o700);
}

/** Unfinished work of another MiniMax, or why nobody can tell whether there is any. */
export type OtherHost =
  | { readonly name: string; readonly videos: number; readonly taskIds: readonly string[] }
  | { readonly name: string; readonly unreadable: string };

/** What is unfinished in the folders of other hosts, which no start of this one takes up. */
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

/** What the newest state of each execution was given, which names its task where there is one. */
function inputsOfRunning(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const newest = `SELECT details FROM event WHERE execution = name AND type LIKE '%StateEntered' ORDER BY id DESC LIMIT 1`;
    const rows = database
      .prepare(`SELECT (${newest}) AS entered FROM execution WHERE status = 'RUNNING'`)
      .all();
    return rows.map(({ entered }) => {
      const details = JSON.parse(String(entered ?? 'null'));
      return String(details?.stateEnteredEventDetails?.input ?? '');
    });
  } finally {
    database.close();
  }
}

/** Two names of one MiniMax: a key that was paid under one is found again under the other. */
const OLDER_NAMES: ReadonlyMap<string, string> = new Map([['api.minimaxi.com', 'api.minimax.cn']]);

/** As in `api.minimax.io`, or `127.0.0.1_8080`. */
function nameOf(origin: string): string {
  const { host } = new URL(origin);
  return (OLDER_NAMES.get(host) ?? host).replaceAll(/[^\w.-]/g, '_');
}
