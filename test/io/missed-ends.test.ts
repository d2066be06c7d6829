import { expect, test } from 'vitest';
import { BACKSTOP } from '../../infra/patience.ts';
import type { ToldEnd } from '../../lambdas/core/told-end.ts';
import type { Announcer } from '../../lambdas/io/announcer.ts';
import type { ListedExecution, PageRequest } from '../../lambdas/io/executions.ts';
import { announceMissed } from '../../lambdas/io/missed-ends.ts';
import { after } from '../core/running-job.ts';

const MINUTE = 60;
const HOUR = 3600;
const NOW = 100 * HOUR;

/** Executions that ended so many seconds before the look at `NOW`, newest start first. */
function listOf(ages: readonly (number | undefined)[], startedAgo = 7 * HOUR) {
  const all = ages.map(
    (age, index): ListedExecution => ({
      name: `v${index}`,
      status: 'failed',
      startDate: after(NOW - startedAgo),
      ...(age === undefined ? {} : { stopDate: after(NOW - age) }),
    }),
  );
  const asked: PageRequest[] = [];
  return {
    asked,
    async list(page: PageRequest) {
      asked.push(page);
      if (page.status !== 'failed') return { executions: [] };
      const from = Number(page.nextToken ?? 0);
      const more = from + 2 < all.length ? { nextToken: String(from + 2) } : {};
      return { executions: all.slice(from, from + 2), ...more };
    },
  };
}

/** Which of them are announced, when this announcer is asked for those that were missed. */
async function missed(executions: ReturnType<typeof listOf>, announcer?: Announcer) {
  const asked: string[] = [];
  const warnings: Error[] = [];
  const peers = {
    executions,
    claims: { isFulfilled: async (name: string) => name === 'v4' },
    announcer: announcer ?? {
      async announce({ name }: ToldEnd) {
        asked.push(name);
        return { video_id: name, skipped: 'unknown' } as const;
      },
      announceForgotten: () => Promise.reject(new Error('It is an end of an execution that is known.')),
    },
    warn: (error: Error) => void warnings.push(error),
  };
  const unannounced = await announceMissed(peers, () => after(NOW), new AbortController().signal);
  return { asked: asked.toSorted(), unannounced, warnings };
}

test('looks once more at what has ended between five minutes and six hours ago, on every page, unless it is announced', async () => {
  const ages = [undefined, 1, 4 * MINUTE, 6 * MINUTE, HOUR, 5.9 * HOUR, 6.1 * HOUR];
  const executions = listOf(ages);
  expect(await missed(executions)).toEqual({ asked: ['v3', 'v5'], unannounced: 0, warnings: [] });
  expect(executions.asked.map(({ status }) => status)).not.toContain('running');
});

test('finds what has run for as long as an execution can', async () => {
  const longestHours = 48 + BACKSTOP.toHours();
  const executions = listOf([5.9 * HOUR], (longestHours + 5.9) * HOUR);
  expect(await missed(executions)).toMatchObject({ asked: ['v0'] });
});

test('reads no further than to executions that cannot have run for so long', async () => {
  const executions = listOf([HOUR, HOUR, HOUR, HOUR], 103 * HOUR);
  expect(await missed(executions)).toMatchObject({ asked: [] });
  expect(executions.asked.filter(({ status }) => status === 'failed')).toHaveLength(1);
});

test('goes on with the others where one could not be announced, and counts it unless another is at it', async () => {
  const done: string[] = [];
  const announcer: Announcer = {
    async announce({ name }) {
      if (name === 'v1') throw new Error('S3 is down.');
      if (name === 'v2') throw Object.assign(new Error('Another is at it.'), { name: 'BeingAnnounced' });
      done.push(name);
      return { video_id: name, skipped: 'announced already' };
    },
    announceForgotten: () => Promise.reject(new Error('It is an end of an execution that is known.')),
  };
  const { unannounced, warnings } = await missed(listOf([HOUR, HOUR, HOUR, HOUR]), announcer);
  expect(unannounced).toBe(1);
  expect(warnings.map(({ message }) => message).toSorted()).toEqual([
    'The end of v1 could not be announced: S3 is down.',
    'The end of v2 could not be announced: Another is at it.',
  ]);
  expect(done.toSorted()).toEqual(['v0', 'v3']);
});
