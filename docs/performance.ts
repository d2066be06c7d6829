import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIGURES_FOLDER, type Figures } from '../bench/report.ts';
import { flagsOf } from '../cli/script-flags.ts';

/** `npm run performance`: writes docs/performance.md from the tables in `bench/figures`. */
type Row = Figures['tables'][number]['rows'][number];

interface Section {
  readonly heading: string;
  /** The file in `bench/figures`. */
  readonly figures: string;
  /** The places of the shown tables in the file, from 0. -1 is the last. */
  readonly tables: readonly number[];
  /** Which rows to show. @default all */
  readonly shows?: (row: Row) => boolean;
  /** The columns to show, with their headings. @default all, as they are */
  readonly columns?: Readonly<Record<string, string>>;
  readonly text: string;
}

const SHOWN_MODES = ['as it is', 'fixed 10 s', 'callbacks'];
const SHOWN_FILTERS = [
  'none',
  'status',
  'template_id',
  'template_id, status',
  'metadata.customer',
  'metadata.customer, status',
  'metadata.customer, template_id, status',
  'created',
  'created, status',
];
const SHOWN_BUNDLES = ['submit-task', 'copy-video', 'receive-callback', 'list-templates'];

const SECTIONS: readonly Section[] = [
  {
    heading: 'What the orchestration of one video costs',
    figures: 'bench-cost',
    tables: [0],
    shows: ({ minutes, mode }) =>
      (SHOWN_MODES.includes(String(mode)) && [1, 5, 15].includes(Number(minutes))) ||
      (mode === 'callbacks, silent' && minutes === 5),
    columns: {
      minutes: 'minutes',
      mode: 'mode',
      transitions: 'transitions',
      'Lambda ms': 'Lambda ms',
      'MiniMax calls': 'MiniMax calls',
      dollars: 'dollars',
      'of fixed 10 s': 'of fixed 10 s',
      'mean lag s': 'mean lag, s',
      'worst lag s': 'worst lag, s',
    },
    text: `MiniMax charges $0.35 to $2.00 for a template video. The orchestration costs little beside that.

Each row is the mean of 12 simulated runs of the synthesized service with its real bundles. Their lengths are spread
around the minutes. A run has one POST and one GET. The dollars come from list prices of us-east-1, not from a bill.
They contain API Gateway, Lambda, Step Functions, S3, DynamoDB and logs, but no storage.

- *as it is*: the pauses between two checks grow.
- *fixed 10 s*: a loop that always waits ten seconds, as MiniMax's own example does.
- *callbacks*: with \`callbacks=true\`. MiniMax calls ten seconds after the create and at its end.
- *callbacks, silent*: MiniMax sends its challenge and then never calls.

*Lag* is the time from MiniMax's end until the file is in the bucket, without MiniMax's own delays. Lambda's times are
warm times of this machine, with 300 ms for each answer of MiniMax. They are a few hundredths of the dollars.

[What a month costs](operations.md#what-a-month-costs) adds what does not depend on videos.`,
  },
  {
    heading: 'How long the first video takes on a laptop',
    figures: 'bench',
    tables: [0],
    text: '`npm start` on the simulator: the median of three runs, and its parts, each once in a process of its own.',
  },
  {
    heading: 'How fast a file is copied',
    figures: 'bench-copy',
    tables: [0, 1, 2, 5],
    text: `\`Copy video\`, as it is bundled, beside programs that copy too. The origin and the S3 endpoint are on this
machine, without TLS, and the endpoint discards the bytes. Each cell has its ratio to \`Copy video\` in brackets.

None of the other programs, as used here, checks that a player can open the file, or computes its SHA-256.`,
  },
  {
    heading: 'How much memory a copy needs',
    figures: 'bench-copy',
    tables: [-1],
    text: 'The function has 512 MB. A copy holds two parts of 5 MiB, one that fills, and what the collector has not freed yet.',
  },
  {
    heading: 'How large the functions are',
    figures: 'bench',
    tables: [1],
    shows: ({ function: name }) => SHOWN_BUNDLES.includes(String(name)),
    text: `The largest bundles and the smallest, of 16. *import* is the median of five new processes, as in a cold start.
The ratio is to \`@aws-sdk/client-s3\` from \`node_modules\` in the same run.`,
  },
  {
    heading: 'How fast a callback is answered',
    figures: 'bench',
    tables: [2],
    text: 'MiniMax waits three seconds for the answer to its challenge. On the local service, the median of 101 calls:',
  },
  {
    heading: 'How fast the local engine is',
    figures: 'bench',
    tables: [3],
    text: `Executions of seven states, one after the other, with functions that answer at once. The engine of this project
writes each entry of a state to the disk before it invokes a function, so that \`kill -9\` loses nothing.`,
  },
  {
    heading: 'How many requests at once the local service takes',
    figures: 'bench-crowd',
    tables: [0, 1],
    text: `200 POSTs and 2,000 GETs at the same moment. A request that the local service does not accept gets 429, and starts
nothing. The second table is about the accepted videos.`,
  },
  {
    heading: 'How much a page of the list reads',
    figures: 'bench-list',
    tables: [0],
    shows: ({ filter, limit, page }) =>
      SHOWN_FILTERS.includes(String(filter)) && limit === 20 && page === 'first',
    text: `A table with 100,000 videos. *time* is the ratio to a page among 1,000 videos in the same run: it does not grow
with the number of videos.`,
  },
  {
    heading: 'How large the page is',
    figures: 'bench-page',
    tables: [0, 1],
    text: 'Everything that a browser loads for the page, but the sample picture of 9 kB. It asks no other host.',
  },
  {
    heading: 'How fast the page is shown and answers',
    figures: 'bench-page',
    tables: [2, 3],
    text: `In headless Chromium, from a server on this machine. The ratios are to pages of a few lines from the same server, in
turns in the same run. The plain page makes its table of the same answer, without a library. It checks nothing, and
shows no ages, costs and buttons.`,
  },
  {
    heading: 'How much memory an open page needs',
    figures: 'bench-page',
    tables: [4, 5],
    text: `As many answers as an hour brings, on a clock that is 100 times as fast, after a collection of garbage. *listeners*
are those of JavaScript. The page keeps the whole history of a video, so its heap grows with each check. It shows 30
visits, until a person asks for the earlier ones.`,
  },
];

function read(name: string): Figures {
  return JSON.parse(readFileSync(join(FIGURES_FOLDER, `${name}.json`), 'utf8'));
}

/** The whole page. */
export function toPage(): string {
  return `# Performance

<!-- Made by \`npm run performance\` from bench/figures. Do not edit. -->

**For those who ask how fast, how large and how expensive this is. Each table names the command that made it.**

The machine may have had other work while it measured. So compare the ratios within a table, not the times of two
tables. Nothing was measured on AWS. To measure here, run the command. With \`-- --record\` it also keeps its tables in
\`bench/figures\`, of which \`npm run performance\` makes this page.

${SECTIONS.map(drawSection).join('\n\n')}
`;
}

function drawSection({ heading, figures, tables, text, shows, columns }: Section): string {
  const { command, date, node, cores, tables: all } = read(figures);
  const drawn = tables.flatMap((index) => {
    const table = all.at(index);
    if (table === undefined) return [];
    const rows = table.rows.filter(shows ?? (() => true));
    const title = tables.length === 1 ? [] : [table.title.replace(/[:.]?$/, ':')];
    return [...title, drawTable(rows, columns ?? ownColumns(rows))];
  });
  return [
    `## ${heading}`,
    text,
    ...drawn,
    `\`${command}\`, ${date}, Node ${node.slice(1)}, ${cores} cores.`,
  ].join('\n\n');
}

function ownColumns([row = {}]: readonly Row[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(row).map((name) => [name, name]));
}

function drawTable(rows: readonly Row[], columns: Readonly<Record<string, string>>): string {
  const names = Object.keys(columns);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(Object.values(columns)),
    line(names.map((name) => (typeof rows[0]?.[name] === 'number' ? '---:' : '---'))),
    ...rows.map((row) => line(names.map((name) => String(row[name] ?? '')))),
  ].join('\n');
}

if (import.meta.main) {
  flagsOf({
    name: 'npm run performance',
    flags: {},
    summary: 'Writes docs/performance.md from bench/figures.',
  });
  await writeFile(join(import.meta.dirname, 'performance.md'), toPage());
}
