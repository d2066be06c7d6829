import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { TABLE_OPERATIONS } from '../../infra/table-metrics.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { readable } from './readable.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const WITH_CALLBACKS = { callbacks: true };

/** The grants of each function in the table: action, index, and how the partition keys begin. */
function tableGrants(of: Template): Readonly<Record<string, readonly string[]>> {
  const policies = Object.entries(of.findResources('AWS::IAM::Policy'));
  const lines = policies.flatMap(([logicalId, { Properties }]) => {
    const [, name = logicalId] = /^TemplateVideo(\w+?)Role(?:Default|Callback)Policy/.exec(logicalId) ?? [];
    return (Properties.PolicyDocument.Statement as readonly Statement[]).flatMap((statement) =>
      [statement.Action]
        .flat()
        .filter((action) => /^(dynamodb:|\*)/.test(action))
        .map((action) => [name, `${action.replace('dynamodb:', '')} ${placeOf(statement)}`] as const),
    );
  });
  const byFunction = Map.groupBy(lines, ([name]) => name);
  return Object.fromEntries(
    [...byFunction].map(([name, own]) => [name, own.map(([, line]) => line).toSorted()]),
  );
}

const TABLE = '{"Fn::GetAtt":["Table","Arn"]}';

/** As in `video#*` for items, and `/index/newest` for an index. */
function placeOf({ Resource, Condition }: Statement): string {
  const resource = readable(Resource);
  const [, index] = /^\{"Fn::Join":\["",\[(?:.*),"(\/index\/[\w-]+)"\]\]\}$/.exec(resource) ?? [];
  expect(resource).toContain(TABLE);
  if (index === undefined) expect(resource).toBe(TABLE);
  const { 'ForAllValues:StringLike': keys } = (Condition ?? {}) as Readonly<Record<string, object>>;
  return index ?? JSON.stringify(keys);
}

function items(keys: string, ...actions: readonly string[]): readonly string[] {
  return actions.map((action) => `${action} {"dynamodb:LeadingKeys":["${keys}"]}`);
}

const WRITES_VIDEO = items('video#*', 'UpdateItem');
const COUNTS_STARTS = items('starts*', 'GetItem', 'UpdateItem');
const ADOPTS = ['Query /index/task', ...items('task#*', 'PutItem')];

test('grants each function its own kinds of items, by their leading keys, and its own indexes', () => {
  expect(tableGrants(templateOf(appWith({ context: WITH_CALLBACKS })))).toEqual({
    SubmitTask: WRITES_VIDEO,
    AdoptTask: WRITES_VIDEO,
    AnnounceVideo: [
      ...items('video#*', 'BatchGetItem', 'UpdateItem'),
      ...items('end#*', 'GetItem', 'PutItem', 'UpdateItem'),
    ].toSorted(),
    StartVideo: [...ADOPTS, ...WRITES_VIDEO].toSorted(),
    CancelVideo: WRITES_VIDEO,
    ListVideos: [
      'Query /index/newest',
      'Query /index/status',
      'Query /index/template',
      'Query /index/template-status',
    ],
    GetUsage: ['Query /index/newest'],
  });
});

test.each([
  ['iam', 'owner', [ADOPTS]],
  ['key', 'owner', [COUNTS_STARTS, ADOPTS]],
  ['iam', 'everyone', []],
  ['key', 'everyone', [COUNTS_STARTS]],
] as const)(
  'with auth=%s and visibility=%s lets StartVideo reach only what it needs',
  (auth, visibility, more) => {
    const { StartVideo } = tableGrants(templateOf(appWith({ context: { auth, visibility } })));
    expect(StartVideo).toEqual([...WRITES_VIDEO, ...more.flat()].toSorted());
  },
);

test('lets no function scan the table or change its settings, and none but the hourly one list executions', () => {
  const template = templateOf(appWith({ context: { auth: 'key', ...WITH_CALLBACKS } }));
  const found = Object.entries(template.findResources('AWS::IAM::Policy'));
  const policies = JSON.stringify(found);
  expect(policies).toContain('dynamodb:Query');
  expect(policies).not.toMatch(/dynamodb:(?:Scan|\*|\w*Table|PartiQL\w*)/);
  const listing = found.filter(([, policy]) => JSON.stringify(policy).includes('states:ListExecutions'));
  expect(listing.map(([id]) => id)).toEqual([expect.stringContaining('AnnounceVideo')]);
});

test('watches every call to the table that a function may make', () => {
  const template = templateOf(appWith({ context: { auth: 'key', ...WITH_CALLBACKS } }));
  const granted = Object.values(tableGrants(template)).flatMap((lines) =>
    lines.map((line) => line.split(' ')[0]),
  );
  expect(new Set(granted)).toEqual(new Set(TABLE_OPERATIONS));
});
