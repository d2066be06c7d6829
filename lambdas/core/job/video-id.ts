/** What Step Functions takes as an execution's name: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME_RULE = /^[^\s\p{Cc}\p{Cs}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

/** Could this be the name of an execution, and so the id of a video? Operators choose names of their own in the console. */
export function isExecutionName(name: string): boolean {
  return NAME_RULE.test(name);
}
