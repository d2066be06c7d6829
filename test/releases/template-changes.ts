import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Resource, StackTemplate } from './templates.ts';

/** The types of resources that an update may delete or replace, with the reason why nothing is lost. All others have to stay. */
const REPLACEABLE: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Deployment':
    'Each change of the API makes a new one, and the stage of the API keeps its address.',
};

/**
 * Properties that CloudFormation changes in place, although something is lost. Of a secret:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html
 */
const LOSING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::SecretsManager::Secret': {
    GenerateSecretString: 'generates another value, so that callbacks to earlier addresses are rejected',
  },
  'AWS::S3::Bucket': { LifecycleConfiguration: 'may delete objects' },
  'AWS::DynamoDB::Table': { TimeToLiveSpecification: 'may delete items' },
};

const LOSSES: readonly ResourceImpact[] = [
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_ORPHAN,
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
];

/** What an update from the first template to the second would lose: data, addresses, or executions that run. */
export function lossesOf(before: StackTemplate, now: StackTemplate): readonly string[] {
  const losses: string[] = [];
  fullDiff(structuredClone(before), structuredClone(now)).resources.forEachDifference((logicalId, change) => {
    losses.push(...lossesOfResource(logicalId, change));
  });
  return [...losses, ...tooManyIndexes(before, now), ...uncallable(before, now)];
}

function lossesOfResource(logicalId: string, change: ResourceDifference): readonly string[] {
  const { changeImpact, oldResourceType: type = '', propertyUpdates, oldValue, newValue } = change;
  if (type === '' || type in REPLACEABLE) return [];
  const name = `${logicalId} (${type})`;
  if (LOSSES.includes(changeImpact)) {
    const why = Object.entries(propertyUpdates).filter(([, update]) =>
      LOSSES.includes(update.changeImpact as never),
    );
    return [[name, changeImpact, ...why.map(([property]) => property)].join(' ')];
  }
  const inPlace = Object.entries(LOSING[type] ?? {})
    .filter(([property]) => property in propertyUpdates)
    .map(([property, loss]) => `${name} ${property} ${loss}`);
  const isRetained = oldValue?.DeletionPolicy === 'Retain' && newValue?.DeletionPolicy !== 'Retain';
  return isRetained ? [...inPlace, `${name} is no longer kept when the stack is deleted`] : inPlace;
}

/** DynamoDB adds or deletes one index in an update of a table, and changes none. */
function tooManyIndexes(before: StackTemplate, now: StackTemplate): readonly string[] {
  return resourcesOf(before, 'AWS::DynamoDB::Table').flatMap(([logicalId, table]) => {
    const old = indexesOf(table);
    const current = indexesOf(now.Resources[logicalId]);
    const names = [...new Set([...old.keys(), ...current.keys()])];
    const changed = names.filter((name) => old.get(name) !== current.get(name));
    const isOneUpdate = changed.length === 1 && !(old.has(changed[0] ?? '') && current.has(changed[0] ?? ''));
    return changed.length === 0 || isOneUpdate
      ? []
      : [`${logicalId} changes the indexes ${changed.join(', ')}`];
  });
}

function indexesOf(table: Resource | undefined): ReadonlyMap<string, string> {
  const indexes = (table?.Properties?.GlobalSecondaryIndexes ?? []) as readonly {
    readonly IndexName: string;
  }[];
  return new Map(indexes.map((index) => [index.IndexName, JSON.stringify(index)]));
}

/**
 * Executions that run keep their definition and the role of their state machine. So that role has to be allowed to invoke each function
 * of the old definition: https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
function uncallable(before: StackTemplate, now: StackTemplate): readonly string[] {
  return resourcesOf(before, 'AWS::StepFunctions::StateMachine').flatMap(([, { Properties = {} }]) => {
    const functions = idsIn(Properties.DefinitionString).filter(
      (logicalId) => before.Resources[logicalId]?.Type === 'AWS::Lambda::Function',
    );
    const [role = ''] = idsIn(Properties.RoleArn);
    const callable = idsIn(invocableBy(role, now));
    return functions
      .filter((logicalId) => !callable.includes(logicalId))
      .map((logicalId) => `${role} may not invoke ${logicalId}, which running executions call`);
  });
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function invocableBy(role: string, now: StackTemplate): readonly unknown[] {
  return resourcesOf(now, 'AWS::IAM::Policy').flatMap(([, { Properties = {} }]) => {
    if (!JSON.stringify(Properties.Roles).includes(`{"Ref":"${role}"}`)) return [];
    const { Statement: statements } = Properties.PolicyDocument as {
      readonly Statement: readonly Statement[];
    };
    return statements
      .filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes('lambda:InvokeFunction'))
      .map(({ Resource }) => Resource);
  });
}

/** The logical ids whose ARNs are in a value of a template. */
function idsIn(value: unknown): readonly string[] {
  const text = JSON.stringify(value) ?? '';
  const ids = [...text.matchAll(/\{"Fn::GetAtt":\["(\w+)","Arn"\]\}/g)].map(
    ([, logicalId = '']) => logicalId,
  );
  return [...new Set(ids)];
}

function resourcesOf({ Resources }: StackTemplate, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}
