import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RootConstruct } from 'constructs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { FIGURES_FOLDER } from '../../bench/report.ts';
import { ACCESS_OF } from '../../infra/api-access.ts';
import { COPY_RETRY, SUBMIT_RETRY } from '../../infra/retry-policies.ts';
import { readSettings } from '../../infra/settings.ts';
import { MAX_REQUEST_BYTES } from '../../lambdas/core/api/request.ts';
import { CALLS, type CallName } from '../../lambdas/core/api/routes.ts';
import { IMAGE_LIMIT_BYTES } from '../../lambdas/core/image/limits.ts';
import { GLOBAL_HOST, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { bundlePage } from '../../local/page/bundle.ts';
import { PROJECT, readPage, sectionOf, wordsInCode } from './markdown.ts';

const textOf = (file: string): string => readPage(file).text.replaceAll(/\s+/g, ' ');
const { giveUpAfterHours, firstWaitSeconds, pollSeconds } = readSettings(new RootConstruct().node);

/** The number that a constant of a file has in its source. */
function constantIn(file: string, name: string): number {
  const [, number = ''] =
    new RegExp(`\\b${name}(?: =|:) ([\\d_]+)`).exec(readFileSync(join(PROJECT, file), 'utf8')) ?? [];
  return Number(number.replaceAll('_', ''));
}

/** The seconds of all pauses of a retry policy. */
function pausesOf({ interval, backoffRate = 1, maxDelay, maxAttempts = 0 }: typeof COPY_RETRY): number {
  const first = interval?.toSeconds() ?? 0;
  const most = maxDelay?.toSeconds() ?? Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1)
    sum += Math.min(most, first * backoffRate ** attempt);
  return sum;
}

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** What a page says, and what the code says. */
const FACTS: readonly (readonly [page: string, sentence: string])[] = [
  ['docs/api.md', `under ${IMAGE_LIMIT_BYTES / 1_000_000} MB`],
  [
    'docs/api.md',
    `short side has more than ${constantIn('lambdas/core/image/image.ts', 'SHORT_SIDE_PIXELS')}`,
  ],
  ['docs/api.md', `${MAX_REQUEST_BYTES.toLocaleString('en')} bytes without its inline images`],
  ['docs/api.md', `${WORDS[constantIn('client/send.ts', 'ATTEMPTS')]} times at most in all`],
  [
    'docs/api.md',
    `${constantIn('lambdas/io/aws/link-life.ts', 'LINK_SECONDS') === 3600 ? 'valid for an hour' : '?'}`,
  ],
  ['docs/errors.md', `until \`giveUpAfterHours\` (${giveUpAfterHours})`],
  ['docs/errors.md', `pauses of ${WORDS[Math.floor(pausesOf(COPY_RETRY) / 3600)]} hours in all`],
  ['docs/operations.md', `pauses of ${WORDS[Math.floor(pausesOf(COPY_RETRY) / 3600)]} hours in all`],
  ['docs/errors.md', `${Math.round(pausesOf(SUBMIT_RETRY) / 2 / 3600) === 1 ? 'about an hour' : '?'}`],
  ['docs/construct.md', `\`firstWaitSeconds\` | ${firstWaitSeconds} |`],
  ['docs/faq.md', `checks every ${WORDS[pollSeconds]} seconds at first`],
  ['docs/faq.md', `gives up after ${WORDS[giveUpAfterHours]} hours`],
  [
    'docs/security.md',
    `cache it for ${WORDS[constantIn('lambdas/io/minimax/api-key.ts', 'MAX_AGE_SECONDS') / 60]} minutes`,
  ],
  [
    'docs/security.md',
    `After ${constantIn('lambdas/core/job/callback-state.ts', 'MAX_CALLBACKS')} callbacks`,
  ],
  [
    'docs/command.md',
    `${constantIn('local/api-gateway/gateway.ts', 'maxRequests')} calls run or wait at most`,
  ],
  ['docs/page.md', `under ${IMAGE_LIMIT_BYTES / 1_000_000} MB`],
  [
    'docs/page.md',
    `short side of more than ${constantIn('lambdas/core/image/image.ts', 'SHORT_SIDE_PIXELS')} pixels`,
  ],
  ['docs/page.md', `The list has ${constantIn('page/list/list-state.ts', 'PAGE_VIDEOS')} videos on a page`],
  ...['docs/page.md', 'docs/architecture.md'].flatMap((page) => [
    [
      page,
      `every ${constantIn('page/list/list-state.ts', 'RUNNING_MS') / 1000} seconds while a video`,
    ] as const,
    [page, `else every ${constantIn('page/list/list-state.ts', 'QUIET_MS') / 1000}`] as const,
  ]),
  ['docs/page.md', `about $${priceOf('Run for Life')}`],
  [
    'docs/security.md',
    `At most ${constantIn('local/page/video-events.ts', 'MAX_FOLLOWERS')} connections follow videos`,
  ],
  ['README.md', `Node ${/\d+/.exec(engines())?.[0]} or newer`],
  ['docs/operations.md', 'Never send the request again'],
];

function priceOf(template: string): string | undefined {
  return toCatalogue(GLOBAL_HOST)
    .templates.find(({ name }) => name === template)
    ?.price_usd?.toFixed(2);
}

function engines(): string {
  return JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')).engines.node;
}

test.each(FACTS)('%s says "%s"', (page, sentence) => {
  expect(textOf(page)).toContain(sentence);
});

test('each page that names the dollars of a five-minute video has those of the bench', () => {
  const { tables } = JSON.parse(readFileSync(join(FIGURES_FOLDER, 'bench-cost.json'), 'utf8'));
  const [polled, called] = ['as it is', 'callbacks'].map((mode) => {
    const rows: readonly Readonly<Record<string, unknown>>[] = tables[0].rows;
    return Number(rows.find((row) => row.minutes === 5 && row.mode === mode)?.dollars).toFixed(4);
  });
  const pages = ['README.md', 'docs/faq.md', 'docs/comparison.md', 'docs/construct.md', 'docs/operations.md'];
  for (const page of [...pages, 'docs/decisions/0006-callbacks-only-end-a-wait.md'])
    expect(textOf(page), page).toContain(`$${polled}`);
  expect(textOf('docs/operations.md')).toContain(`with callbacks instead, $${called} each`);
});

test('docs/api.md says how large the client is', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT, 'client', 'index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const kilobytes = Math.round(gzipSync(outputFiles[0]?.contents ?? '').length / 1000);
  expect(textOf('docs/api.md')).toContain(`It has some ${kilobytes} kB`);
});

test('docs/architecture.md says how large the page is', () => {
  const sizes = [...bundlePage()].map(([, content]) => gzipSync(content).length);
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  const [, said] = /bundle of some (\d+) kB \(gzip\)/.exec(textOf('docs/architecture.md')) ?? [];
  expect(Math.abs(Number(said) - kilobytes)).toBeLessThan(4);
});

test('docs/construct.md says what each grant lets an identity call', () => {
  const rows = [
    ...sectionOf(readPage('docs/construct.md'), 'Permissions').matchAll(/^\| `(\w+)` \| (.+) \|$/gm),
  ];
  expect(rows.map(([, grant = '', cell = '']) => [grant, [...wordsInCode(cell)].sort()])).toEqual(
    (['start', 'read', 'cancel'] as const).map((access) => [
      `grant${access[0]?.toUpperCase()}${access.slice(1)}`,
      (Object.keys(CALLS) as CallName[])
        .filter((name) => ACCESS_OF[name].includes(access))
        .map((name) => `${CALLS[name].method} ${CALLS[name].path.replaceAll(/\{\w+\}/g, '*')}`)
        .sort(),
    ]),
  );
});
