import { ExecutionDoesNotExist, InvalidArn, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';

/**
 * What Step Functions says of an execution: `denied` where only a grant is missing to ask for it, `elsewhere` where it is one of
 * another account or region, which another deployment asks for.
 */
export type ExecutionState = 'known' | 'gone' | 'denied' | 'elsewhere';

/** @param isHere whether the execution is one of this account and region. @throws Error that says nothing of the execution */
export function stateSaidBy(error: unknown, isHere: boolean): ExecutionState {
  if (error instanceof ExecutionDoesNotExist || error instanceof StateMachineDoesNotExist) return 'gone';
  if (error instanceof InvalidArn) return 'elsewhere';
  if (error instanceof Error && error.name === 'AccessDeniedException')
    return isHere ? 'denied' : 'elsewhere';
  throw error;
}

/** Are both of one partition, region and account? */
export function isOfOneHome(arn: string, other: string): boolean {
  const homeOf = (each: string): string => each.split(':').slice(0, 5).join(':');
  return homeOf(arn) === homeOf(other);
}
