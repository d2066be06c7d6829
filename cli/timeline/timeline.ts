import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { NARROWEST_PICTURE, picture } from './picture.ts';
import { addEvent, type Row, seconds } from './rows.ts';

const NAME_WIDTH = 15;
const REDRAW_MS = 100;

/** Shows one execution while it runs. */
export interface Timeline {
  add(event: HistoryEvent): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/**
 * @param out where to show it; on a terminal it is a picture redrawn in place, elsewhere a line a visit of a state
 * @param definition what the execution runs, which says what is tried again
 */
export function createTimeline(out: NodeJS.WriteStream, definition?: StateMachineDefinition): Timeline {
  const isPicture = out.isTTY && out.columns >= NARROWEST_PICTURE;
  return isPicture ? terminalTimeline(out, definition) : plainTimeline(out, definition);
}

function plainTimeline(out: NodeJS.WriteStream, definition: StateMachineDefinition | undefined): Timeline {
  let rows: readonly Row[] = [];
  let startedAt: number | undefined;

  /** Begins a line when a state is entered or repeated, and ends it when the state is left or is to be repeated. */
  function write(row: Row, was: Row | undefined): void {
    const visit = row.visits.at(-1);
    if (visit === undefined) return;
    const isLineOpen = was?.outcome === 'active' && !isToBeRepeated(was);
    if (!isLineOpen) out.write(`  ${seconds(visit.from)}  ${row.name.padEnd(NAME_WIDTH)}`);
    if (visit.to !== undefined) {
      out.write(`${seconds(visit.to - visit.from)}  ${row.note}`.trimEnd().concat('\n'));
    } else if (isToBeRepeated(row)) {
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
      if (rows.some((row) => row.outcome === 'active' && !isToBeRepeated(row))) out.write('\n');
    },
  };
}

function isToBeRepeated({ failure, isFinal = false }: Row): boolean {
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
