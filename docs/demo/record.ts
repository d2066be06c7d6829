import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import xterm, { type IBufferCell, type IBufferLine } from '@xterm/headless';

/** Some characters of one form, and the column of the first. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** An ANSI colour of 0 to 15, or -1 for the default. */
  readonly color: number;
}

export type ScreenLine = readonly Run[];

/** What the terminal shows from this time on. */
export interface Frame {
  readonly milliseconds: number;
  readonly lines: readonly ScreenLine[];
}

export interface Recording {
  readonly frames: readonly Frame[];
  /** All that the program wrote. */
  readonly output: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal shows at most so many new pictures a second. */
const FRAME_MS = 150;

/**
 * Runs a command in a terminal of this size, and keeps what the terminal shows. Needs `script` of util-linux.
 * @throws Error where the command fails
 */
export async function record(command: string, { columns, rows }: Size): Promise<Recording> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const inTerminal = `stty cols ${columns} rows ${rows}; ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', inTerminal, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const output = child.stdout.pipe(new PassThrough()).setEncoding('utf8');
  const startedAt = performance.now();
  const frames: Frame[] = [];
  let printed = '';
  for await (const text of output) {
    printed += text;
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const milliseconds = performance.now() - startedAt;
    const frame = { milliseconds, lines: linesOf(terminal) };
    // A picture that is replaced at once is not worth a frame.
    if (milliseconds - (frames.at(-1)?.milliseconds ?? -FRAME_MS) < FRAME_MS) frames.pop();
    frames.push(frame);
  }
  const [exitCode] = await closed;
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${printed}`);
  return { frames, output: printed };
}

function linesOf(terminal: InstanceType<typeof xterm.Terminal>): readonly ScreenLine[] {
  const { active } = terminal.buffer;
  const cell = active.getNullCell();
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = active.getLine(active.viewportY + row);
    return line === undefined ? [] : runsOf(line, cell);
  });
}

function runsOf(line: IBufferLine, cell: IBufferCell): ScreenLine {
  const runs: Run[] = [];
  for (let column = 0; column < line.length; column += 1) {
    line.getCell(column, cell);
    const text = cell.getChars() || ' ';
    const color = cell.isFgDefault() ? -1 : cell.getFgColor();
    const last = runs.at(-1);
    if (last === undefined || last.color !== color) runs.push({ column, text, color });
    else runs[runs.length - 1] = { ...last, text: last.text + text };
  }
  return runs.flatMap((run) => {
    const text = run.text.trimEnd();
    return text === '' ? [] : [{ ...run, text }];
  });
}
