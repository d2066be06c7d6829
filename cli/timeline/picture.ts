import { styleText } from 'node:util';
import { millisecondsIn, type Row, seconds } from './rows.ts';

const NAME_WIDTH = 15;
const MAX_BAR_WIDTH = 36;
/** The width of a line without the bar and the note. */
const FIXED_WIDTH = 36;
const NOTE_WIDTH = 24;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A narrower terminal gets plain lines. */
export const MIN_PICTURE_COLUMNS = 72;

interface Frame {
  /** Milliseconds from the execution's start to now, and to the right end of the bars. */
  readonly now: number;
  readonly total: number;
  /** Counts the redraws. */
  readonly frame: number;
  /** The terminal's width. */
  readonly columns: number;
}

/** One line, at most as wide as the terminal: sign, name, number of visits, bar, duration and note. */
export function picture(row: Row, { now, total, frame, columns }: Frame): string {
  const times = row.visits.length === 1 ? '' : `×${row.visits.length}`;
  const barWidth = Math.min(MAX_BAR_WIDTH, columns - FIXED_WIDTH - NOTE_WIDTH);
  const note = (row.failure ?? row.note).slice(0, columns - FIXED_WIDTH - barWidth - 1);
  return [
    '  ',
    sign(row, frame),
    ' ',
    row.name.padEnd(NAME_WIDTH),
    times.padEnd(5),
    coloured('cyan', bar(row, { now, total, width: barWidth })),
    ' ',
    seconds(millisecondsIn(row, now)),
    note === '' ? '' : `  ${row.failure === undefined ? note : coloured('red', note)}`,
  ].join('');
}

/** Colours where the standard error stream supports them. */
function coloured(colour: 'cyan' | 'red' | 'green', text: string): string {
  return styleText(colour, text, { stream: process.stderr });
}

function sign({ outcome }: Row, frame: number): string {
  if (outcome === 'done') return coloured('green', '✔');
  if (outcome === 'failed') return coloured('red', '✘');
  return SPINNER[frame % SPINNER.length] ?? ' ';
}

interface Span {
  readonly now: number;
  readonly total: number;
  readonly width: number;
}

function bar({ visits }: Row, { now, total, width }: Span): string {
  const cells = Array.from({ length: width }, () => '·');
  for (const { from, to = now } of visits) {
    const first = Math.min(width - 1, Math.floor((from / total) * width));
    const last = Math.min(width - 1, Math.max(first, Math.ceil((to / total) * width) - 1));
    cells.fill('━', first, last + 1);
  }
  return cells.join('');
}
