import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readSettings } from '../../infra/settings.ts';
import { PROBLEM_KINDS } from '../../lambdas/core/api/problem-types.ts';
import {
  acceptedVideoSchema,
  problemSchema,
  videoListSchema,
  videoSchema,
} from '../../lambdas/core/api/response.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { historySchema, workflowSchema } from '../../lambdas/core/api/workflow-response.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { readPage, wordsInCode } from './markdown.ts';

const { text, blocks } = readPage('docs/api.md');

test('has every call of callers', () => {
  const listed = [...text.matchAll(/^\| `((?:GET|POST|DELETE) \S+)` \|/gm)].map(([, call]) => call);
  const calls = Object.values(CALLS).map(({ method, path }) => `${method} ${path}`);
  expect(listed.sort()).toEqual(calls.filter((call) => !call.includes('/callbacks/')).sort());
});

test('lists every kind of problem with its status, title and retry, in the words of the code', () => {
  const listed = [...text.matchAll(/^\| `([\w-]+)` \| ([45][^|]*) \| (.+) \| `(\w+)` \|$/gm)];
  expect(listed.map(([, ...fields]) => fields)).toEqual(
    Object.entries(PROBLEM_KINDS).map(([name, kind]) => [
      name,
      'status' in kind ? String(kind.status) : expect.stringMatching(/^(401, 403|4xx|5xx)$/),
      kind.title,
      kind.retry,
    ]),
  );
});

test('lists every field of a video', () => {
  const [, table = ''] = /A video has these fields:\n([\s\S]*?)\n\n`retry`/.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| (`.*?) \| (.*) \|$/gm)].map(([, names = '', cell = '']) => ({
    names: wordsInCode(names),
    cell,
  }));
  const { properties = {} } = z.toJSONSchema(videoSchema, { io: 'input' });
  expect(rows.flatMap(({ names }) => names).sort()).toEqual(Object.keys(properties).sort());
  for (const [name, field] of Object.entries(properties)) {
    const inner = typeof field === 'object' ? Object.keys(field.properties ?? {}) : [];
    const row = rows.find(({ names }) => names.includes(name));
    expect(wordsInCode(row?.cell ?? ''), name).toEqual(expect.arrayContaining(inner));
  }
});

test('shows only responses that the schemas of the API know', () => {
  const responses = blocks
    .filter(({ language }) => language === 'json')
    .map((block) => JSON.parse(block.text));
  const schemas = [
    ...[acceptedVideoSchema, videoSchema, videoSchema],
    ...[historySchema, workflowSchema, videoListSchema, problemSchema],
  ];
  expect(responses).toHaveLength(schemas.length);
  for (const [index, schema] of schemas.entries()) {
    const parsed = z.safeParse(schema, responses[index]);
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(parsed.data).toEqual(responses[index]);
  }
});

test('says how many requests all methods take together', () => {
  const { groups } =
    /each of the (?<methods>\d+) methods for itself.* some (?<requests>\d+) requests a second, and (?<burst>\d+) at once/.exec(
      text,
    ) ?? {};
  const methods = Object.keys(templateOf(appWith()).findResources('AWS::ApiGateway::Method')).length;
  const { requestsPerSecond, burstRequests } = readSettings(new RootConstruct().node);
  expect({ ...groups }).toEqual({
    methods: String(methods),
    requests: String(methods * requestsPerSecond),
    burst: String(methods * burstRequests),
  });
});
