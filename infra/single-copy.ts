import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Checks that an app has the packages of the CDK once. The stacks and roles of a second copy are no
 * stacks and roles for the copy that this construct uses. Synthesis then fails with a message about something else.
 * @returns the scope
 * @throws Error that names the package
 */
export function requireSingleCopy(scope: Construct): Construct {
  if (!(scope instanceof Construct) && Construct.isConstruct(scope)) throw new Error(toMessage('constructs'));
  if (Construct.isConstruct(scope) && !(Stack.of(scope) instanceof Stack))
    throw new Error(toMessage('aws-cdk-lib'));
  return scope;
}

function toMessage(name: string): string {
  return `This app has two copies of ${name}: its own, and one of template-video. \`npm ls ${name}\` shows where they come from. The app and template-video have to share one copy: ask for one version of ${name} in the app's package.json that template-video takes as a peer, and run \`npm dedupe\`.`;
}
