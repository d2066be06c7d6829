import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** The region and account of every local ARN. */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';

const fields = z.record(z.string(), z.unknown());
const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.optional(fields) })),
});

type Template = z.output<typeof template>;

/** A synthesized stack with its CloudFormation functions resolved. */
export interface SynthesizedTemplate {
  /** The properties of all resources of one type, by logical id. */
  resources(type: string): ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The local ARN of a resource. */
  arnOf(logicalId: string): string;
  /** The local name of a resource. */
  nameOf(logicalId: string): string;
}

/**
 * The template of the one stack in a cloud assembly.
 * @param folder as in `cdk.out`
 * @throws Error where it has no stack, or several
 */
export async function readTemplate(folder: string): Promise<SynthesizedTemplate> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.template.json'));
  const [only] = names;
  if (only === undefined || names.length > 1)
    throw new Error(`The local service runs one stack; ${folder} has ${names.join(', ') || 'none'}.`);
  return toTemplate(z.parse(template, JSON.parse(await readFile(join(folder, only), 'utf8'))));
}

/** @throws Error that names a CloudFormation function or attribute that is not supported locally */
export function toTemplate({ Resources: all }: Template): SynthesizedTemplate {
  const typeOf = (logicalId: string): string => {
    const resource = all[logicalId];
    if (resource === undefined)
      throw new Error(`The template refers to ${logicalId}, which it does not contain.`);
    return resource.Type;
  };
  const nameOf = (logicalId: string): string =>
    typeOf(logicalId) === 'AWS::S3::Bucket' ? logicalId.toLowerCase() : logicalId;

  const arnOf = (logicalId: string): string => {
    const arn = toArn(typeOf(logicalId), nameOf(logicalId));
    if (arn === undefined) throw new Error(`There is no local ARN for ${logicalId}, a ${typeOf(logicalId)}.`);
    return arn;
  };

  const refer = (logicalId: string): string => {
    const pseudo = PSEUDO_PARAMETERS[logicalId];
    if (pseudo !== undefined) return pseudo;
    return typeOf(logicalId) === 'AWS::StepFunctions::StateMachine' ? arnOf(logicalId) : nameOf(logicalId);
  };

  const attribute = ([logicalId = '', name = '']: readonly string[]): string => {
    if (name === 'Arn') return arnOf(logicalId);
    if (name === 'Name') return nameOf(logicalId);
    if (name === 'RootResourceId') return `${logicalId}/`;
    throw new Error(`The local service does not support the attribute ${name} of ${logicalId}.`);
  };

  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined && /^(Ref$|Fn::)/.test(only[0]))
      return call(only[0], only[1]);
    return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
  };

  const call = (name: string, argument: unknown): unknown => {
    switch (name) {
      case 'Ref':
        return refer(String(argument));
      case 'Fn::GetAtt':
        return attribute(z.parse(z.array(z.string()), argument));
      case 'Fn::Join': {
        const [separator, parts] = z.parse(z.tuple([z.string(), z.array(z.unknown())]), argument);
        return parts.map(plain).join(separator);
      }
      case 'Fn::Sub':
        if (typeof argument === 'string')
          return argument.replaceAll(/\$\{([^}]+)\}/g, (_, logicalId: string) => refer(logicalId));
        throw new Error('The local service does not support Fn::Sub with variables of its own.');
      default:
        throw new Error(`The local service does not support the CloudFormation function ${name}.`);
    }
  };

  return {
    arnOf,
    nameOf,
    resources(type) {
      const found = Object.entries(all).filter(([, resource]) => resource.Type === type);
      return new Map(
        found.map(([logicalId, { Properties = {} }]) => [logicalId, z.parse(fields, plain(Properties))]),
      );
    },
  };
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

function toArn(type: string, name: string): string | undefined {
  const place = `${REGION}:${ACCOUNT_ID}`;
  switch (type) {
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${place}:function:${name}`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${place}:stateMachine:${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${place}:table/${name}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
    case 'AWS::CloudWatch::Alarm':
      return `arn:aws:cloudwatch:${place}:alarm:${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${place}:log-group:${name}:*`;
    default:
      return undefined;
  }
}
