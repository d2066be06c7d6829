import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { openDatabase } from '../state/database.ts';
import type { Scenario } from './scenario.ts';

/** A task as it is stored. Times are milliseconds since the epoch. */
const keptTask = z.object({
  scenario: z.custom<Omit<Scenario, 'video' | 'link'>>((scenario) => typeof scenario === 'object'),
  callbackUrl: z.optional(z.string()),
  madeAt: z.number(),
  asked: z.number(),
  fetched: z.number(),
});

const keptCreate = z.object({
  taskId: z.optional(z.string()),
  rejection: z.optional(
    z.union([
      z.object({ httpStatus: z.number() }),
      z.object({ code: z.number(), message: z.optional(z.string()) }),
    ]),
  ),
});

export type KeptTask = Readonly<z.output<typeof keptTask>>;
export type KeptCreate = Readonly<z.output<typeof keptCreate>>;

/** The tasks and creates of the simulated MiniMax on disk, so that both outlive a restart. */
export interface TaskMemory {
  readonly tasks: () => readonly (readonly [taskId: string, task: KeptTask])[];
  readonly creates: () => readonly KeptCreate[];
  keepTask(taskId: string, task: KeptTask & { readonly scenario: Scenario }): void;
  /** Writes the create and its task to disk before it returns. */
  keepCreate(create: KeptCreate): void;
  close(): void;
}

const SCHEMA = {
  version: 2,
  schema: `
  CREATE TABLE task (id TEXT PRIMARY KEY, made INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE request (sequence INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
`,
};

export function openTaskMemory(folder: string): TaskMemory {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { all, write, flush, close } = openDatabase(join(folder, 'tasks.sqlite'), SCHEMA);
  const bodyOf = ({ body }: Readonly<Record<string, unknown>>): unknown => JSON.parse(String(body));
  return {
    tasks: () =>
      all('SELECT * FROM task ORDER BY rowid').map(
        (row) => [String(row.id), z.parse(keptTask, bodyOf(row))] as const,
      ),
    creates: () =>
      all('SELECT body FROM request ORDER BY sequence').map((row) => z.parse(keptCreate, bodyOf(row))),
    keepTask(taskId, { scenario, ...task }) {
      // A file or link of its own is for tests, whose simulator does not outlive its process.
      const { video: _video, link: _link, ...plain } = scenario;
      const body = JSON.stringify({ ...task, scenario: plain });
      write(
        'INSERT INTO task VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
        taskId,
        task.madeAt,
        body,
      );
    },
    keepCreate({ taskId, rejection }) {
      write('INSERT INTO request (body) VALUES (?)', JSON.stringify({ taskId, rejection }));
      flush();
    },
    close,
  };
}
