import type { HistoryEvent } from '@aws-sdk/client-sfn';
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

/** @param out where to show it; on a terminal it is a picture redrawn in place, elsewhere a line a visit of a state */
export function createTimeline(out: NodeJS.WriteStream): Timeline {
  return out.isTTY && out.columns >= NARROWEST_PICTURE ? terminalTimeline(out) : plainTimeline(out);
}

function plainTimeline(out: NodeJS.WriteStream): Timeline {
  let rows: readonly Row[] = [];
  let startedAt: number | undefined;

  /** Begins a line when a state is entered or repeated, and ends it when the state is left or the attempt has failed. */
  function write(row: Row, was: Row | undefined): void {
    const visit = row.visits.at(-1);
    if (visit === undefined) return;
    const isLineOpen = was?.outcome === 'active' && was.failure === undefined;
    if (!isLineOpen) out.write(`  ${seconds(visit.from)}  ${row.name.padEnd(NAME_WIDTH)}`);
    if (visit.to !== undefined) {
      out.write(`${seconds(visit.to - visit.from)}  ${row.note}`.trimEnd().concat('\n'));
    } else if (row.failure !== undefined) {
      out.write(`${' '.repeat(11)}${row.failure}\n`);
    }
  }

  return {
    add(event) {
      startedAt ??= event.timestamp?.getTime() ?? 0;
      const before = rows;
      rows = addEvent(rows, event, startedAt);
      for (const row of rows) {
        const was = before.find(({ name }) => name === row.name);
        if (was !== row) write(row, was);
      }
    },
    end: () => undefined,
  };
}

function terminalTimeline(out: NodeJS.WriteStream): Timeline {
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
      rows = addEvent(rows, event, startedAt);
    },
    end() {
      clearInterval(timer);
      draw();
    },
  };
}
