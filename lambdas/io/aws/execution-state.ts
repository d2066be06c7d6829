import { ExecutionDoesNotExist, InvalidArn, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';

/**
 * Whether Step Functions knows an execution. `denied`: a grant to describe it is missing. `elsewhere`: it is one of another
 * account or region, so another deployment can describe it.
 */
export type ExecutionState = 'known' | 'gone' | 'denied' | 'elsewhere';

/** @param isHere whether the execution is one of this account and region. @throws the error, where it says nothing of the execution */
export function stateSaidBy(error: unknown, isHere: boolean): ExecutionState {
  if (error instanceof ExecutionDoesNotExist || error instanceof StateMachineDoesNotExist) return 'gone';
  if (error instanceof InvalidArn) return 'elsewhere';
  if (error instanceof Error && error.name === 'AccessDeniedException')
    return isHere ? 'denied' : 'elsewhere';
  throw error;
}

/** Do both ARNs have one partition, service, region and account? */
export function isOfOneHome(arn: string, other: string): boolean {
  const homeOf = (each: string): string => each.split(':').slice(0, 5).join(':');
  return homeOf(arn) === homeOf(other);
}
