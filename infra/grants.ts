import { ArnFormat, type CfnElement, Lazy, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  callbackKey,
  callbackTokenKey,
  challengeKey,
  checkpointKey,
  jobKey,
  UPLOAD_PREFIX,
  videoKey,
} from '../lambdas/core/storage-keys.ts';
import { LEADING_KEYS, type ListIndex, type TASK_INDEX } from '../lambdas/core/table/layout.ts';
import { keyActionsOf } from './key-actions.ts';
import { acknowledgeWildcard } from './nag.ts';

/** Actions on one resource, or on several of one kind. */
export interface Grant {
  readonly actions: readonly string[];
  /** An ARN. */
  readonly resource: string;
  /** Why the ARN has a wildcard. @default it has none */
  readonly reason?: string;
  /** How the partition keys of the items begin. @default any item */
  readonly leadingKeys?: string;
  /** The KMS key that encrypts the resource. @default none that needs a grant */
  readonly key?: IKey;
}

/** The images of callers. */
export function uploadGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return {
    actions,
    resource: bucket.arnForObjects(`${UPLOAD_PREFIX}*`),
    reason: 'Each image is an object of its own, under the prefix uploads/.',
    key: bucket.encryptionKey,
  };
}

/** The videos themselves, without the documents beside them. */
export function videoGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, videoKey('*'), actions);
}

/** The job documents. */
export function jobGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, jobKey('*'), actions);
}

/** The checkpoints of unfinished copies. */
export function checkpointGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, checkpointKey('*'), actions);
}

/** The callbacks that MiniMax has made. */
export function callbackGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, callbackKey('*'), actions);
}

/** The task tokens of the waits that a callback ends. */
export function callbackTokenGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, callbackTokenKey('*'), actions);
}

/** The records of the challenges by which MiniMax tests a callback address. */
export function challengeGrant(bucket: IBucket, actions: readonly string[]): Grant {
  return bucketGrant(bucket, challengeKey('*'), actions);
}

/** Items of the table. @param kind which of them */
export function itemGrant(table: ITable, kind: keyof typeof LEADING_KEYS, actions: readonly string[]): Grant {
  return {
    actions,
    resource: table.tableArn,
    leadingKeys: `${LEADING_KEYS[kind]}*`,
    key: table.encryptionKey,
  };
}

/** Queries of one index of the table. */
export function indexGrant(table: ITable, index: ListIndex | typeof TASK_INDEX.name): Grant {
  return {
    actions: ['dynamodb:Query'],
    resource: `${table.tableArn}/index/${index}`,
    key: table.encryptionKey,
  };
}

/** One object of each video. Each kind of object has a function of its own above. */
function bucketGrant(bucket: IBucket, keys: string, actions: readonly string[]): Grant {
  return {
    actions,
    resource: bucket.arnForObjects(keys),
    reason: 'It is one object of each video, always of the same name.',
    key: bucket.encryptionKey,
  };
}

/**
 * Distinguishes a missing object from one that may not be read: without it, S3 answers 403 for both. Each function that reads or
 * conditionally writes under `videos/` needs it. A condition on the prefix would take it away again, because a request for an object
 * names no prefix.
 */
export function listGrant(bucket: IBucket): Grant {
  return { actions: ['s3:ListBucket'], resource: bucket.bucketArn };
}

/** The executions of one state machine. */
export function executionGrant(stateMachine: StateMachine, actions: readonly string[]): Grant {
  return {
    actions,
    resource: executionArn(stateMachine, `${stateMachine.stateMachineName}:*`),
    reason: 'Each video is an execution of its own, of this one state machine.',
  };
}

/**
 * Asks whether an execution is gone, also an execution of an earlier state machine of this construct. CloudFormation generates the
 * names of both state machines from one logical id.
 */
export function describeExecutionGrant(stateMachine: StateMachine): Grant {
  const stack = Stack.of(stateMachine);
  const { logicalId } = stateMachine.node.defaultChild as CfnElement;
  const produce = (): string => `${String(stack.resolve(logicalId)).slice(0, NAME_CHARACTERS)}*`;
  return {
    actions: ['states:DescribeExecution'],
    resource: executionArn(stateMachine, Lazy.string({ produce })),
    reason: 'The executions of a state machine that was replaced have another name in their ARN.',
  };
}

/** The least number of characters of a logical id that CloudFormation keeps in a name that it generates. */
const NAME_CHARACTERS = 40;

function executionArn(stateMachine: StateMachine, resourceName: string): string {
  return Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Where only the name of a secret is known, its ARN ends in six random characters. */
export function secretGrant({ secretFullArn, secretArn, encryptionKey }: ISecret): Grant {
  return {
    actions: ['secretsmanager:GetSecretValue'],
    resource: secretFullArn ?? `${secretArn}-??????`,
    key: encryptionKey,
  };
}

function toStatement({ actions, resource, leadingKeys }: Grant): PolicyStatement {
  const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [leadingKeys] } };
  return new PolicyStatement({
    actions: [...actions],
    resources: [resource],
    conditions: leadingKeys === undefined ? undefined : condition,
  });
}

/** Adds a grant to a role, with the use of the resource's KMS key where it has one. */
export function grant(role: IRole, given: Grant): void {
  const { actions, resource, reason, key } = given;
  role.addToPrincipalPolicy(toStatement(given));
  if (reason !== undefined) acknowledgeWildcard(role, resource, reason);
  key?.grant(role, ...keyActionsOf(actions));
}

/**
 * Lets a function complete or fail the tasks of a state machine. In a policy of its own: the role's default policy must not wait for the
 * state machine, which waits for the function.
 */
export function grantTaskEnds(
  { node, role }: Construct & { readonly role: IRole },
  resource: string,
  actions: readonly string[],
): void {
  new Policy(node.scope as Construct, `${node.id}RoleCallbackPolicy`, {
    roles: [role],
    statements: [toStatement({ actions, resource })],
  });
}
