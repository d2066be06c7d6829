import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { CallName } from '../lambdas/core/api/routes.ts';
import type { FunctionName } from '../lambdas/core/environment.ts';
import { VideoFunction } from './video-function.ts';

/** A name such as `submit-task` as a property, `submitTask`. */
type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

type OptionalName = CallName | 'wait-for-callback' | 'receive-callback';

/** The Lambda functions. Those of the API are there unless `api` is false, and those of callbacks with `callbacks`. */
export type VideoFunctions = Readonly<
  Record<CamelCase<Exclude<FunctionName, OptionalName>>, LambdaFunction> &
    Partial<Record<CamelCase<OptionalName>, LambdaFunction>>
>;

/** The functions of a service, by the ids of their constructs. */
export function toVideoFunctions(scope: Construct): VideoFunctions {
  const functions = scope.node.children.filter((child) => child instanceof VideoFunction);
  return Object.fromEntries(
    functions.map((each) => [each.node.id.replace(/^[A-Z]/, (first) => first.toLowerCase()), each]),
  ) as unknown as VideoFunctions;
}
