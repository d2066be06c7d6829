import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT, type Table } from './measure.ts';

/** Where `--record` keeps tables: one file for each program, in the repository. */
export const FIGURES_FOLDER = join(PROJECT, 'bench', 'figures');

/** The tables of one run of one program. */
export interface Figures {
  /** As a person types it. */
  readonly command: string;
  /** The day of the run, in UTC. */
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly tables: readonly Table[];
}

/** The flag of each program that measures. */
export const RECORD_FLAG = {
  record: {
    help: 'keep the tables in bench/figures, of which npm run performance makes docs/performance.md',
  },
} as const;

export interface Report {
  /** Prints a table at once. */
  add(table: Table): void;
  /** Keeps the tables, where that was asked for. */
  end(): Promise<void>;
}

/** Prints the tables of a program, and keeps them with `isRecorded`. The file's name is that of the script. */
export function createReport(script: string, isRecorded: boolean): Report {
  const tables: Table[] = [];
  return {
    add(table) {
      tables.push(table);
      console.log(`\n${table.title}`);
      console.table(table.rows);
    },
    async end() {
      if (!isRecorded) return;
      const figures: Figures = {
        command: `npm run ${script}`,
        // Not of Date, which bench:cost sets to other days.
        date: new Date(performance.timeOrigin).toISOString().slice(0, 10),
        node: process.version,
        cores: availableParallelism(),
        tables,
      };
      await mkdir(FIGURES_FOLDER, { recursive: true });
      const file = join(FIGURES_FOLDER, `${script.replace(':', '-')}.json`);
      await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
    },
  };
}
