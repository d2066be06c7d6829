import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { flagsOf } from '../../cli/script-flags.ts';
import { createReport, RECORD_FLAG } from '../report.ts';
import { type Answered, type CrowdRequest, sendAtOnce } from './requests.ts';
import type { ServiceFigures } from './service.ts';

const POSTS = 200;
const GETS = 2_000;

/** How long all accepted videos together may take. */
const MAX_MINUTES = 10;

/** `npm run bench:crowd`: sends 200 POSTs and 2,000 GETs at once, and measures answers and memory. */
const { values } = flagsOf({
  name: 'npm run bench:crowd',
  flags: RECORD_FLAG,
  summary: `Sends ${POSTS} POSTs and ${GETS} GETs at once, and measures answers and memory.`,
});
const report = createReport('bench:crowd', values.record);
const child = fork(join(import.meta.dirname, 'service.ts'), { execArgv: [] });
const [{ url, image }] = (await once(child, 'message')) as [{ url: string; image: string }];

const figures = async (): Promise<ServiceFigures> => {
  child.send('figures');
  const [reported] = await once(child, 'message');
  return reported;
};

try {
  const answers = await sendAtOnce(url, crowd());
  report.add({
    title: `${POSTS} POSTs and ${GETS} GETs at once`,
    rows: ['POST', 'GET'].map((kind) => toRow(answers.filter((answer) => answer.kind === kind))),
  });
  const accepted = answers.filter(({ kind, status }) => kind === 'POST' && status === 202).length;
  const ended = await untilEnded();
  report.add({
    title: 'The accepted videos',
    rows: [
      {
        accepted,
        ...ended.executions,
        'paid creates': ended.creates,
        'peak memory of the service': `${ended.megabytes} MB`,
      },
    ],
  });
  await report.end();
} finally {
  child.disconnect();
}

function crowd(): readonly CrowdRequest[] {
  const body = JSON.stringify({
    template_id: '393769180141805569',
    media_inputs: [{ value: image }],
    text_inputs: [{ value: 'Lion' }],
  });
  const posts = Array.from(
    { length: POSTS },
    () => ({ kind: 'POST', method: 'POST', path: '/videos', body }) as const,
  );
  const gets = Array.from(
    { length: GETS },
    (_, index) => ({ kind: 'GET', method: 'GET', path: `/videos/unknown-${index}` }) as const,
  );
  return [...posts, ...gets];
}

function toRow(answers: readonly Answered[]): Readonly<Record<string, string | number>> {
  const count = (from: number, to: number): number =>
    answers.filter(({ status }) => status >= from && status <= to).length;
  const times = answers.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  return {
    what: answers[0]?.kind ?? '',
    sent: answers.length,
    '2xx and 404': count(200, 299) + count(404, 404),
    'status 429': count(429, 429),
    '5xx': count(500, 599),
    'no answer': count(0, 0),
    median: `${Math.round(times[Math.floor(times.length / 2)] ?? 0)} ms`,
    slowest: `${Math.round(times.at(-1) ?? 0)} ms`,
  };
}

async function untilEnded(): Promise<ServiceFigures> {
  const until = Date.now() + MAX_MINUTES * 60_000;
  for (;;) {
    const now = await figures();
    if ((now.executions.RUNNING ?? 0) === 0 || Date.now() > until) return now;
    await after(1_000);
  }
}
