/** The part of the Serverless Framework (v3, or its fork osls) that the plugin uses. */
export interface Serverless {
  serviceDir: string;
  classes: {
    /** The framework shows the message alone; of any other error the stack. */
    Error: new (
      message: string,
      code: string,
    ) => Error;
  };
  service: {
    service: string;
    custom?: Record<string, unknown>;
    provider: { compiledCloudFormationTemplate?: unknown; timeout?: number };
    resources?: { Resources?: Record<string, unknown>; extensions?: Record<string, unknown> };
    getAllFunctions(): string[];
    getFunction(key: string): FunctionDefinition;
  };
  pluginManager: {
    plugins: object[];
    hooks: Record<string, { pluginName: string; hook: () => Promise<void> }[]>;
  };
  getProvider(name: 'aws'): {
    getStage(): string;
    getRegion(): string;
    naming: { getLambdaLogicalId(key: string): string };
  };
  processedInput?: { options?: { verbose?: boolean } };
}

export interface FunctionDefinition {
  name: string;
  timeout?: number;
  events?: Record<string, unknown>[];
}
