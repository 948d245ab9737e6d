const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  transform: {
    '\\.sql$': '<rootDir>/test/support/sql-as-text.cjs',
    '\\.[cm]?ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
    '\\.[cm]?js$': ['@swc/jest', { jsc: { target: 'es2023' } }],
  },
  // ESM-only packages are compiled too; native and pre-bundled ones are left as they are.
  transformIgnorePatterns: [],
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/same-cases.ts'],
  ...more,
});

export default {
  // A bound on hanging, not on speed: of tests and hooks that name none, which are slow where others share the cores.
  testTimeout: 60_000,
  projects: [
    project('unit', ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/localstack/*/test/unit/**/*.test.ts']),
    project('conformance', ['<rootDir>/test/conformance/**/*.test.ts']),
    project('integration', [
      '<rootDir>/test/integration/**/*.test.ts',
      '<rootDir>/localstack/*/test/integration/**/*.test.ts',
    ]),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
    // Bounds in milliseconds: these run alone.
    project('timing', ['<rootDir>/test/timing/**/*.test.ts']),
    // Histories against the real engine: long, and each worker would start an engine of its own.
    project('model', ['<rootDir>/test/model/**/*.test.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.test.ts']),
  ],
};
