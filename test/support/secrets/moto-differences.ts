/**
 * Where moto 5.2.5 does not keep the contract, and what it does instead. A case that begins to pass fails the suite, so
 * the list stays true. docs/secrets-manager.md shows it by operation.
 */

export const MOTO_DIFFERENCES: readonly { operation: string; name: string; instead: string }[] = [
  {
    operation: 'CreateSecret',
    name: 'with text and bytes at once is refused',
    instead: 'stores both',
  },
  {
    operation: 'CreateSecret',
    name: 'refuses names with other characters',
    instead: 'takes any name',
  },
  {
    operation: 'CreateSecret',
    name: 'takes 65,536 bytes and not one more',
    instead: 'has no limit',
  },
  {
    operation: 'DeleteSecret',
    name: 'closes the secret until it is restored',
    instead:
      'says "currently marked deleted" with the text of the CLI around it, lets PutSecretValue pass, and refuses CreateSecret as existing',
  },
  {
    operation: 'GetRandomPassword',
    name: 'may do without a kind when each is not required',
    instead: 'refuses every length below 4',
  },
  {
    operation: 'GetRandomPassword',
    name: 'refuses lengths that no password has',
    instead: 'answers InvalidParameterValue, which the service does not have',
  },
  {
    operation: 'GetRandomPassword',
    name: 'refuses to choose from nothing',
    instead: 'fails inside and answers 500',
  },
  {
    operation: 'GetSecretValue',
    name: 'says which version or label is not there',
    instead: 'says of an absent label that the secret is absent',
  },
  {
    operation: 'ListSecretVersionIds',
    name: 'comes in pages',
    instead: 'gives everything at once',
  },
  {
    operation: 'ListSecretVersionIds',
    name: 'shows versions with labels, and the others when asked',
    instead: 'always shows all, and the name in place of the ARN',
  },
  {
    operation: 'ListSecrets',
    name: 'comes in the order that is asked for',
    instead: 'ignores SortBy and SortOrder',
  },
  {
    operation: 'ListSecrets',
    name: 'refuses a token that it did not give',
    instead: 'fails inside and answers 500',
  },
  {
    operation: 'PutResourcePolicy',
    name: 'keeps out what lets everybody in, when asked',
    instead: 'ignores BlockPublicPolicy',
  },
  {
    operation: 'PutResourcePolicy',
    name: 'refuses what is not a policy',
    instead: 'keeps any text',
  },
  {
    operation: 'PutSecretValue',
    name: 'moves AWSCURRENT on, and AWSPREVIOUS after it',
    instead: 'lists versions without a label in VersionIdsToStages',
  },
  {
    operation: 'PutSecretValue',
    name: 'refuses a token that is too short',
    instead: 'answers InvalidParameterException in place of ValidationException',
  },
  {
    operation: 'PutSecretValue',
    name: 'takes a label from the version that had it',
    instead: 'lists versions without a label in VersionIdsToStages',
  },
  {
    operation: 'UpdateSecretVersionStage',
    name: 'never takes AWSCURRENT away altogether',
    instead: 'takes it away, and the secret has no current version',
  },
  {
    operation: 'ValidateResourcePolicy',
    name: 'says whether a policy passes',
    instead: 'does not have the operation',
  },
];
