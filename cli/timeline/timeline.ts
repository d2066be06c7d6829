import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { MIN_PICTURE_COLUMNS, picture } from './picture.ts';
import { addEvent, type Row, seconds } from './rows.ts';

const NAME_WIDTH = 15;
const REDRAW_MS = 100;

/** Shows one execution while it runs. */
export interface Timeline {
  add(event: HistoryEvent): void;
  /** The last picture stays. */
  end(): void;
}

/**
 * @param out a terminal gets a picture that is redrawn; other streams get a line for each visit of a state
 * @param definition says which failures are retried
 */
export function createTimeline(out: NodeJS.WriteStream, definition?: StateMachineDefinition): Timeline {
  const isPicture = out.isTTY && out.columns >= MIN_PICTURE_COLUMNS;
  return isPicture ? terminalTimeline(out, definition) : plainTimeline(out, definition);
}

function plainTimeline(out: NodeJS.WriteStream, definition: StateMachineDefinition | undefined): Timeline {
  let rows: readonly Row[] = [];
  let startedAt: number | undefined;

  /** Begins a line when a state is entered or retried, and ends it when the state is left or will be retried. */
  function write(row: Row, was: Row | undefined): void {
    const visit = row.visits.at(-1);
    if (visit === undefined) return;
    const isLineOpen = was?.outcome === 'active' && !willBeRetried(was);
    if (!isLineOpen) out.write(`  ${seconds(visit.from)}  ${row.name.padEnd(NAME_WIDTH)}`);
    if (visit.to !== undefined) {
      out.write(`${seconds(visit.to - visit.from)}  ${row.note}`.trimEnd().concat('\n'));
    } else if (willBeRetried(row)) {
      out.write(`${' '.repeat(11)}${row.failure}\n`);
    }
  }

  return {
    add(event) {
      startedAt ??= event.timestamp?.getTime() ?? 0;
      const before = rows;
      rows = addEvent(rows, event, { startedAt, definition });
      for (const row of rows) {
        const was = before.find(({ name }) => name === row.name);
        if (was !== row) write(row, was);
      }
    },
    end() {
      if (rows.some((row) => row.outcome === 'active' && !willBeRetried(row))) out.write('\n');
    },
  };
}

function willBeRetried({ failure, isFinal = false }: Row): boolean {
  return failure !== undefined && !isFinal;
}

function terminalTimeline(out: NodeJS.WriteStream, definition: StateMachineDefinition | undefined): Timeline {
  let rows: readonly Row[] = [];
  let startedAt: number | undefined;
  let drawnLines = 0;
  let frame = 0;

  function draw(): void {
    frame += 1;
    const now = Date.now() - (startedAt ?? Date.now());
    const total = Math.max(1, ...rows.flatMap(({ visits }) => visits.map(({ to }) => to ?? now)));
    const lines = rows.map((row) => picture(row, { now, total, frame, columns: out.columns }));
    const up = drawnLines > 0 ? `\u001b[${drawnLines}A` : '';
    out.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    drawnLines = lines.length;
  }

  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    add(event) {
      startedAt ??= event.timestamp?.getTime() ?? 0;
      rows = addEvent(rows, event, { startedAt, definition });
    },
    end() {
      clearInterval(timer);
      draw();
    },
  };
}
