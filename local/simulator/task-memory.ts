import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../state/database.ts';
import type { Scenario } from './scenario.ts';

/** A task as the simulator keeps it; times are milliseconds since the epoch. */
export interface KeptTask {
  readonly script: Scenario;
  readonly callbackUrl?: string | undefined;
  readonly madeAt: number;
  readonly asked: number;
  readonly fetched: number;
}

/** What came of a create. */
export interface KeptCreate {
  readonly taskId?: string;
  readonly refusal?: object;
}

/** The tasks of the simulated MiniMax, and how many creates it has seen, for as long as the real one would have them. */
export interface TaskMemory {
  readonly tasks: () => readonly (readonly [taskId: string, task: KeptTask])[];
  readonly creates: () => readonly KeptCreate[];
  keepTask(taskId: string, task: KeptTask): void;
  /** It, and the task that it has made, are on disk when this returns. */
  keepCreate(create: KeptCreate): void;
  close(): void;
}

const SCHEMA = {
  version: 1,
  schema: `
  CREATE TABLE task (id TEXT PRIMARY KEY, made INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE request (sequence INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
`,
};

export function openTaskMemory(folder: string): TaskMemory {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { all, write, flush, close } = openDatabase(join(folder, 'tasks.sqlite'), SCHEMA);
  const bodyOf = ({ body }: Readonly<Record<string, unknown>>) => JSON.parse(String(body));
  return {
    tasks: () =>
      all('SELECT * FROM task ORDER BY rowid').map((row) => [String(row.id), bodyOf(row)] as const),
    creates: () => all('SELECT body FROM request ORDER BY sequence').map(bodyOf),
    keepTask(taskId, task) {
      const { script, ...rest } = task;
      // A scripted file or link is for tests, which end with their process.
      const { video: _video, link: _link, ...plain } = script;
      const body = JSON.stringify({ ...rest, script: plain });
      write(
        'INSERT INTO task VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        taskId,
        task.madeAt,
        body,
      );
    },
    keepCreate({ taskId, refusal }) {
      write('INSERT INTO request (body) VALUES (?)', JSON.stringify({ taskId, refusal }));
      flush();
    },
    close,
  };
}
