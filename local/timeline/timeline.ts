import { styleText } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { addEvent, millisecondsIn, type Row } from './rows.ts';

const NAME_WIDTH = 15;
const BAR_WIDTH = 36;
const REDRAW_MS = 100;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows one execution while it runs. */
export interface Timeline {
  add(event: HistoryEvent): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/** @param out where to show it; on a terminal it is a picture redrawn in place, elsewhere a line a visit of a state */
export function createTimeline(out: NodeJS.WriteStream): Timeline {
  return out.isTTY ? terminalTimeline(out) : plainTimeline(out);
}

function plainTimeline(out: NodeJS.WriteStream): Timeline {
  let rows: readonly Row[] = [];
  let startedAt: number | undefined;
  return {
    add(event) {
      startedAt ??= event.timestamp?.getTime() ?? 0;
      const before = rows;
      rows = addEvent(rows, event, startedAt);
      for (const row of rows) {
        const visit = row.visits.at(-1);
        if (visit === undefined || before.includes(row)) continue;
        const wasActive = before.find(({ name }) => name === row.name)?.outcome === 'active';
        if (!wasActive) out.write(`  ${seconds(visit.from)}  ${row.name.padEnd(NAME_WIDTH)}`);
        if (visit.to !== undefined)
          out.write(`${seconds(visit.to - visit.from)}  ${row.note}`.trimEnd().concat('\n'));
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
    const lines = rows.map((row) => picture(row, { now, total, frame }).slice(0, 4 * out.columns));
    out.write(
      `${drawnLines > 0 ? `\u001b[${drawnLines}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
    );
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

/** One line: sign, name, when and how long it was active, how often, and what it said. */
export function picture(
  row: Row,
  { now, total, frame }: { readonly now: number; readonly total: number; readonly frame: number },
): string {
  const times = row.visits.length === 1 ? '' : `×${row.visits.length}`;
  return [
    '  ',
    sign(row, frame),
    ' ',
    row.name.padEnd(NAME_WIDTH),
    times.padEnd(5),
    styleText('cyan', bar(row, now, total)),
    ' ',
    seconds(millisecondsIn(row, now)),
    '  ',
    row.outcome === 'failed' ? styleText('red', row.note) : row.note,
  ]
    .join('')
    .trimEnd();
}

function sign({ outcome }: Row, frame: number): string {
  if (outcome === 'done') return styleText('green', '✔');
  if (outcome === 'failed') return styleText('red', '✘');
  return SPINNER[frame % SPINNER.length] ?? ' ';
}

function bar({ visits }: Row, now: number, total: number): string {
  const cells = Array.from({ length: BAR_WIDTH }, () => '·');
  for (const { from, to = now } of visits) {
    const first = Math.min(BAR_WIDTH - 1, Math.floor((from / total) * BAR_WIDTH));
    const last = Math.min(BAR_WIDTH - 1, Math.max(first, Math.ceil((to / total) * BAR_WIDTH) - 1));
    cells.fill('━', first, last + 1);
  }
  return cells.join('');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(7)} s`;
}
