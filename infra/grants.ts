import { ArnFormat, type CfnElement, Lazy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  announcementKey,
  callbackKey,
  callbackTokenKey,
  challengeKey,
  checkpointKey,
  jobKey,
  UPLOAD_PREFIX,
  videoKey,
} from '../lambdas/core/storage-keys.ts';
import { acknowledgeWildcard } from './nag.ts';

/** To do these things to one resource, or to several of a kind. */
export interface Permission {
  readonly actions: readonly string[];
  /** An ARN. */
  readonly resource: string;
  /** Why the ARN has a wildcard. @default it has none */
  readonly because?: string;
  /** By which the resource is encrypted. @default none that permissions are needed for */
  readonly key?: IKey | undefined;
}

/** What is done with the images of callers. */
export function mayWithUploads(bucket: IBucket, actions: readonly string[]): Permission {
  return {
    actions,
    resource: bucket.arnForObjects(`${UPLOAD_PREFIX}*`),
    because: 'Each image is an object of its own, under the prefix uploads/.',
    key: bucket.encryptionKey,
  };
}

/** What is done with the videos themselves, and with nothing that lies beside them. */
export function mayWithVideos(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, videoKey('*'), actions);
}

/** What is done with the job documents, and with nothing else beside the videos. */
export function mayWithJobs(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, jobKey('*'), actions);
}

/**
 * To tell a missing object from one that may not be read: S3 answers 404 only to those who may list the bucket. Each function that
 * reads or conditionally writes under `videos/` has to. It cannot be bound to a prefix: a request for an object names none, and would
 * be answered 403.
 */
export function mayList(bucket: IBucket): Permission {
  return { actions: ['s3:ListBucket'], resource: bucket.bucketArn };
}

/** What is done with the notes that ends are announced. */
export function mayWithAnnouncements(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, announcementKey('*'), actions);
}

/** What is done with the notes of copies that are not finished. */
export function mayWithCopyNotes(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, checkpointKey('*'), actions);
}

/** What is done with the callbacks that MiniMax has made. */
export function mayWithCallbacks(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, callbackKey('*'), actions);
}

/** What is done with the task tokens of the waits that a callback ends. */
export function mayWithTokens(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, callbackTokenKey('*'), actions);
}

/** What is done with the notes that MiniMax has tried those bells. */
export function mayWithChallenges(bucket: IBucket, actions: readonly string[]): Permission {
  return mayBesideVideos(bucket, challengeKey('*'), actions);
}

/** One object of each video. What else a function keeps there gets a function of its own above. */
function mayBesideVideos(bucket: IBucket, keys: string, actions: readonly string[]): Permission {
  return {
    actions,
    resource: bucket.arnForObjects(keys),
    because: 'It is one object of each video, always of the same name.',
    key: bucket.encryptionKey,
  };
}

/** What one function does with the executions of one state machine. */
export function mayToExecutions(stateMachine: StateMachine, actions: readonly string[]): Permission {
  const resource = Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { actions, resource, because: 'Each video is an execution of its own, of this one state machine.' };
}

/**
 * To ask whether an execution is gone: also one of an earlier state machine of the same construct, whose generated name begins
 * with the same logical id.
 */
export function mayAskForExecutions(stateMachine: StateMachine): Permission {
  const stack = Stack.of(stateMachine);
  const { logicalId } = stateMachine.node.defaultChild as CfnElement;
  const resource = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: Lazy.string({
      produce: () => `${String(stack.resolve(logicalId)).slice(0, NAME_CHARACTERS)}*`,
    }),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return {
    actions: ['states:DescribeExecution'],
    resource,
    because: 'The executions of a state machine that was replaced have another name in their ARN.',
  };
}

/** So much of a logical id CloudFormation keeps at least in a name that it generates of it. */
const NAME_CHARACTERS = 40;

/** Where only the name of a secret is known, its ARN ends in six characters that nobody knows. */
export function mayReadSecret({ secretFullArn, secretArn, encryptionKey }: ISecret): Permission {
  return {
    actions: ['secretsmanager:GetSecretValue'],
    resource: secretFullArn ?? `${secretArn}-??????`,
    key: encryptionKey,
  };
}

export function toStatement({ actions, resource }: Permission): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [resource] });
}

/** Lets a function's role do what it may, and no more. */
export function permit(role: IRole, permission: Permission): void {
  const { actions, resource, because, key } = permission;
  role.addToPrincipalPolicy(toStatement(permission));
  if (because !== undefined) acknowledgeWildcard(role, resource, because);
  const writes = actions.includes('s3:PutObject') ? ['kms:GenerateDataKey'] : [];
  key?.grant(role, 'kms:Decrypt', ...writes);
}
