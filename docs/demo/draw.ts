import { escaped } from '../svg-text.ts';
import type { Recording, ScreenLine, Size } from './record.ts';

/** A still of the video, as a JPEG. */
export interface Still {
  /** From the start of the video. */
  readonly milliseconds: number;
  readonly jpeg: Buffer;
}

export interface Demo {
  readonly recording: Recording;
  readonly size: Size;
  readonly stills: readonly Still[];
  readonly videoSeconds: number;
  /** What stands under the video. */
  readonly caption: string;
}

const CHARACTER_WIDTH = 7.5;
const LINE_HEIGHT = 18;
const PADDING = 14;
const VIDEO_WIDTH = 320;
const VIDEO_HEIGHT = 180;
/** How long the last picture stays before the demo begins anew. */
const REST_SECONDS = 2;

const COLORS: Readonly<Record<number, string>> = { 1: '#ff7b72', 2: '#7ee787', 6: '#79c0ff' };
const TEXT_COLOR = '#e6edf3';

/** One picture that moves: the terminal on the left, and on the right the video, which plays when it has arrived. */
export function draw({ recording, size, stills, videoSeconds, caption }: Demo): string {
  const { frames } = recording;
  const terminalWidth = Math.round(size.columns * CHARACTER_WIDTH + 2 * PADDING);
  const height = size.rows * LINE_HEIGHT + 2 * PADDING;
  const arrivedAt = (frames.at(-1)?.milliseconds ?? 0) / 1000;
  const totalSeconds = arrivedAt + videoSeconds + REST_SECONDS;
  const lines = new LineStore();
  const screens = frames.map(({ lines: shown }, index) =>
    shown.map((line, row) => lines.use(line, index * terminalWidth + PADDING, row)).join(''),
  );
  const pictures = stills.map(
    ({ jpeg }, index) =>
      `<image x="${(index + 1) * VIDEO_WIDTH}" width="${VIDEO_WIDTH}" height="${VIDEO_HEIGHT}" href="data:image/jpeg;base64,${jpeg.toString('base64')}"/>`,
  );
  const terminalSteps = frames.map((frame, index) => ({
    at: index === 0 ? 0 : frame.milliseconds / 1000,
    left: index * terminalWidth,
  }));
  const videoSteps = [
    { at: 0, left: 0 },
    ...stills.map(({ milliseconds }, index) => ({
      at: arrivedAt + milliseconds / 1000,
      left: (index + 1) * VIDEO_WIDTH,
    })),
  ];
  const videoTop = Math.round((height - VIDEO_HEIGHT) / 2);
  const videoLeft = terminalWidth + PADDING;
  const width = videoLeft + VIDEO_WIDTH + PADDING;
  const restingAt = (steps: readonly Step[]): number => steps.at(-1)?.left ?? 0;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12.5">
<title>npm start makes a video: the terminal on the left, the video of the simulated MiniMax on the right</title>
<style>
.terminal { transform: translateX(-${restingAt(terminalSteps)}px) }
.video { transform: translateX(-${restingAt(videoSteps)}px) }
@media (prefers-reduced-motion: no-preference) {
.terminal { animation: terminal ${totalSeconds.toFixed(2)}s step-end infinite }
.video, .caption { animation: video ${totalSeconds.toFixed(2)}s step-end infinite }
.caption { animation-name: caption }
}
${keyframes('terminal', terminalSteps, totalSeconds)}
${keyframes('video', videoSteps, totalSeconds)}
@keyframes caption { 0% { opacity: 0 } ${percent(arrivedAt, totalSeconds)} { opacity: 1 } }
</style>
<defs>
${lines.definitions().join('\n')}
</defs>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<svg width="${terminalWidth}" height="${height}"><g class="terminal">
${screens.join('\n')}
</g></svg>
<svg x="${videoLeft}" y="${videoTop}" width="${VIDEO_WIDTH}" height="${VIDEO_HEIGHT}"><rect width="100%" height="100%" fill="#161b22"/><text x="50%" y="50%" text-anchor="middle" fill="#8b949e">the video comes here</text><g class="video">
${pictures.join('\n')}
</g></svg>
<text class="caption" x="${videoLeft}" y="${videoTop + VIDEO_HEIGHT + 20}" fill="#8b949e" font-size="11">${escaped(caption)}</text>
</svg>
`;
}

interface Step {
  /** Seconds from the start. */
  readonly at: number;
  readonly left: number;
}

function keyframes(name: string, steps: readonly Step[], totalSeconds: number): string {
  const rules = steps.map(
    ({ at, left }) => `${percent(at, totalSeconds)} { transform: translateX(-${left}px) }`,
  );
  return `@keyframes ${name} {\n${rules.join('\n')}\n}`;
}

function percent(at: number, totalSeconds: number): string {
  return `${((100 * at) / totalSeconds).toFixed(3)}%`;
}

/** Each different line is drawn once, and used in each frame that has it. */
class LineStore {
  readonly #ids = new Map<string, string>();

  use(line: ScreenLine, left: number, row: number): string {
    if (line.length === 0) return '';
    const drawn = drawLine(line);
    const id = this.#ids.get(drawn) ?? `l${this.#ids.size}`;
    this.#ids.set(drawn, id);
    return `<use href="#${id}" x="${left}" y="${PADDING + (row + 1) * LINE_HEIGHT - 5}"/>`;
  }

  definitions(): readonly string[] {
    return [...this.#ids].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`);
  }
}

/** Each run has its width, so that columns stand under each other in any font. */
function drawLine(line: ScreenLine): string {
  return line
    .flatMap(({ column, text, color }) => {
      const indent = text.length - text.trimStart().length;
      const shown = text.trimStart();
      const x = ((column + indent) * CHARACTER_WIDTH).toFixed(1);
      const length = ([...shown].length * CHARACTER_WIDTH).toFixed(1);
      return `<text xml:space="preserve" x="${x}" textLength="${length}" fill="${COLORS[color] ?? TEXT_COLOR}">${escaped(shown)}</text>`;
    })
    .join('');
}
