import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOf, keptVersions, TEMPLATE_FILE, TEMPLATES, type TemplateName } from './release.ts';
import { lossesOf } from './template-changes.ts';
import { type StackTemplate, synthesizedTemplate } from './templates.ts';

const NAMES = Object.keys(TEMPLATES) as readonly TemplateName[];
const KEPT = keptVersions().flatMap((version) => NAMES.map((name) => [version, name] as const));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(KEPT)(
  'an update from %s keeps the data and the running executions of the stack %s',
  async (version, name) => {
    const before = JSON.parse(await readFile(join(folderOf(version, name), TEMPLATE_FILE), 'utf8'));
    expect(lossesOf(before, await synthesizedTemplate(name, folder))).toEqual([]);
  },
);

describe('finds in an update', () => {
  let template: StackTemplate;
  beforeAll(async () => {
    template = await synthesizedTemplate('keys', folder);
  });

  const idOf = (type: string, pattern = /./): string => {
    const found = Object.entries(template.Resources).find(
      ([id, { Type }]) => Type === type && pattern.test(id),
    );
    if (found === undefined) throw new Error(`The template has no ${type} ${pattern}.`);
    return found[0];
  };

  /** The template, with other properties of a resource. */
  const withProperties = (id: string, properties: object): StackTemplate => {
    const resource = template.Resources[id];
    if (resource === undefined) throw new Error(`The template has no ${id}.`);
    const changed = { ...resource, Properties: { ...resource.Properties, ...properties } };
    return { ...template, Resources: { ...template.Resources, [id]: changed } };
  };

  /** The template, in which a resource has another logical id. */
  const renamed = (id: string): StackTemplate =>
    JSON.parse(JSON.stringify(template).replaceAll(`"${id}"`, `"${id}Renamed"`));

  test('without a change nothing', () => {
    expect(lossesOf(template, template)).toEqual([]);
  });

  test.each([
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
    'AWS::DynamoDB::Table',
    'AWS::StepFunctions::StateMachine',
    'AWS::SecretsManager::Secret',
    'AWS::ApiGateway::RestApi',
    'AWS::ApiGateway::UsagePlan',
    'AWS::ApiGateway::ApiKey',
    'AWS::Events::Rule',
    'AWS::Logs::LogGroup',
    'AWS::IAM::Role',
  ])('another logical id of the %s', (type) => {
    const id = idOf(type);
    const gone = expect.stringMatching(`^${id} \\(${type}\\) WILL_(DESTROY|ORPHAN)$`);
    expect(lossesOf(template, renamed(id))).toContainEqual(gone);
  });

  test('another logical id of a function that the old definition calls, twice', () => {
    const id = idOf('AWS::Lambda::Function', /CheckTask/);
    expect(lossesOf(template, renamed(id))).toEqual(
      expect.arrayContaining([
        `${id} (AWS::Lambda::Function) WILL_DESTROY`,
        expect.stringMatching(`may not invoke ${id}, which running executions call$`),
      ]),
    );
  });

  test.each([
    ['AWS::S3::Bucket', { BucketName: 'another-bucket' }],
    ['AWS::DynamoDB::Table', { KeySchema: [{ AttributeName: 'video_id', KeyType: 'HASH' }] }],
    ['AWS::StepFunctions::StateMachine', { StateMachineName: 'Videos' }],
    ['AWS::StepFunctions::StateMachine', { StateMachineType: 'EXPRESS' }],
    ['AWS::SecretsManager::Secret', { Name: 'another-secret' }],
    ['AWS::ApiGateway::ApiKey', { Name: 'another-key' }],
  ])('that the %s is replaced for %j', (type, properties) => {
    const id = idOf(type);
    const [property] = Object.keys(properties);
    expect(lossesOf(template, withProperties(id, properties))).toContain(
      `${id} (${type}) WILL_REPLACE ${property}`,
    );
  });

  test('a function with another name', () => {
    const id = idOf('AWS::Lambda::Function', /CopyVideo/);
    const changed = withProperties(id, { FunctionName: 'copy' });
    expect(lossesOf(template, changed)).toContain(`${id} (AWS::Lambda::Function) WILL_REPLACE FunctionName`);
  });

  test('a function that the role of the state machine may no longer invoke', () => {
    const role = idOf('AWS::IAM::Policy', /StateMachineRole/);
    const denied = withProperties(role, { PolicyDocument: { Statement: [] } });
    expect(lossesOf(template, denied)).toHaveLength(7);
  });

  test.each([
    ['AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 99 } }],
    ['AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] } }],
    ['AWS::DynamoDB::Table', { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }],
  ])('a change of the %s that loses something in place', (type, properties) => {
    const [property] = Object.keys(properties);
    const losses = lossesOf(template, withProperties(idOf(type), properties));
    expect(losses).toEqual([expect.stringContaining(`(${type}) ${property} `)]);
  });

  test('a bucket that is no longer kept', () => {
    const id = idOf('AWS::S3::Bucket');
    const { DeletionPolicy, ...bucket } = template.Resources[id] ?? { Type: '' };
    expect(DeletionPolicy).toBe('Retain');
    const changed = { ...template, Resources: { ...template.Resources, [id]: bucket } };
    expect(lossesOf(template, changed)).toEqual([
      `${id} (AWS::S3::Bucket) is no longer kept when the stack is deleted`,
    ]);
  });

  test('two new indexes of the table, or one that changes, but not one that is new', () => {
    const id = idOf('AWS::DynamoDB::Table');
    const { GlobalSecondaryIndexes } = template.Resources[id]?.Properties ?? {};
    const [first, ...others] = GlobalSecondaryIndexes as readonly object[];
    const withIndexes = (indexes: readonly object[]) =>
      lossesOf(template, withProperties(id, { GlobalSecondaryIndexes: indexes }));
    const named = (IndexName: string): object => ({ ...first, IndexName });
    const all = GlobalSecondaryIndexes as readonly object[];
    expect(withIndexes([...all, named('one')])).toEqual([]);
    expect(withIndexes(others)).toEqual([]);
    expect(withIndexes([...all, named('one'), named('two')])).toEqual([`${id} changes the indexes one, two`]);
    const keys = { KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] };
    expect(withIndexes([{ ...first, ...keys }, ...others])).toHaveLength(1);
  });

  test('another deployment of the API as no loss', () => {
    expect(lossesOf(template, renamed(idOf('AWS::ApiGateway::Deployment')))).toEqual([]);
  });
});
