import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { flagsOf } from '../cli/script-flags.ts';
import { addEvent, millisecondsIn, type Row } from '../cli/timeline/rows.ts';
import { shortened } from '../lambdas/core/text/plain.ts';
import type { Scenario } from '../local/simulator/scenario.ts';
import { escaped } from './svg-text.ts';

const REQUEST = { template_id: '394514820878671878', text_inputs: [{ value: 'A samurai in the rain' }] };

/** Two examples for operators. */
const STORIES: readonly { readonly title: string; readonly scenario: Scenario }[] = [
  {
    title: 'A good video; MiniMax once gave no usable answer to a check',
    scenario: { queries: ['Preparing', { code: 1000 }, 'Processing', 'Success'] },
  },
  {
    title: 'A failed video: MiniMax rejected what it had made',
    scenario: { queries: ['Processing', { status: 'Fail', code: 1027 }] },
  },
];

const WIDTH = 960;
const BAR_LEFT = 170;
const BAR_WIDTH = 300;
const NOTE_LEFT = BAR_LEFT + BAR_WIDTH + 90;
const ROW_HEIGHT = 22;
const TITLE_HEIGHT = 44;
const NOTE_CHARACTERS = 51;

/** Runs each story on the embedded engine, with pauses of seconds, and draws what its history says. */
async function toPicture(): Promise<string> {
  // Imported after the flags are read: the CDK alone takes seconds.
  const { startSimulatedMiniMax } = await import('../cli/minimax-backend.ts');
  const { startLocalService } = await import('../local/local-service.ts');
  const { synthesize } = await import('../local/synthesize.ts');
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-picture-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const { simulator, context, secrets } = await startSimulatedMiniMax();
  cleanup.defer(() => simulator.stop());
  const assembly = join(folder, 'cdk.out');
  await synthesize(assembly, { ...context, firstWaitSeconds: 3, pollSeconds: 2 });
  let ended = Promise.withResolvers<readonly HistoryEvent[]>();
  const service = await startLocalService({
    assembly,
    objectFolder: join(folder, 'objects'),
    secrets,
    onEvent: ({ status, events }) => {
      if (status !== 'RUNNING') ended.resolve(events);
    },
  });
  cleanup.defer(() => service.stop());

  const parts: string[] = [];
  let top = 0;
  for (const { title, scenario } of STORIES) {
    ended = Promise.withResolvers();
    simulator.script(scenario);
    service.engine.start(crypto.randomUUID(), JSON.stringify(REQUEST));
    const rows = toRows(await ended.promise);
    parts.push(...drawStory(title, rows, top));
    top += TITLE_HEIGHT + (rows.length + 1) * ROW_HEIGHT;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" font-family="ui-monospace, monospace" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function toRows(events: readonly HistoryEvent[]): readonly Row[] {
  const startedAt = events[0]?.timestamp?.getTime() ?? 0;
  return events.reduce<readonly Row[]>((rows, event) => addEvent(rows, event, { startedAt }), []);
}

function drawStory(title: string, rows: readonly Row[], top: number): readonly string[] {
  const total = Math.max(...rows.flatMap(({ visits }) => visits.map(({ from, to = from }) => to)));
  const heading = `<text x="16" y="${top + 28}" font-size="14" font-weight="bold">${escaped(title)}</text>`;
  return [
    heading,
    ...rows.flatMap((row, index) => drawRow(row, total, top + TITLE_HEIGHT + index * ROW_HEIGHT)),
  ];
}

function drawRow(row: Row, total: number, top: number): readonly string[] {
  const color = row.outcome === 'failed' ? '#c0392b' : '#2471a3';
  const text = (x: number, content: string, rest = ''): string =>
    `<text x="${x}" y="${top + 15}" ${rest}>${escaped(content)}</text>`;
  const bars = row.visits.map(({ from, to = total }) => {
    const width = Math.max(2, ((to - from) / total) * BAR_WIDTH);
    const left = BAR_LEFT + Math.min((from / total) * BAR_WIDTH, BAR_WIDTH - width);
    return `<rect x="${left.toFixed(1)}" y="${top + 4}" width="${width.toFixed(1)}" height="13" rx="2" fill="${color}"/>`;
  });
  const times = row.visits.length === 1 ? '' : ` ×${row.visits.length}`;
  return [
    text(16, `${row.name}${times}`),
    `<rect x="${BAR_LEFT}" y="${top + 10}" width="${BAR_WIDTH}" height="1" fill="#d5d8dc"/>`,
    ...bars,
    text(NOTE_LEFT - 16, `${(millisecondsIn(row, total) / 1000).toFixed(2)} s`, 'text-anchor="end"'),
    text(
      NOTE_LEFT,
      shortened(row.note, NOTE_CHARACTERS),
      `fill="${row.outcome === 'failed' ? color : '#333333'}"`,
    ),
  ];
}

if (import.meta.main) {
  flagsOf({ name: 'npm run picture', flags: {}, summary: 'Writes docs/history.svg.' });
  await writeFile(join(import.meta.dirname, 'history.svg'), await toPicture());
}
