import tseslint from "typescript-eslint";

export default tseslint.config({ ignores: ["dist/", "generated/"] }, ...tseslint.configs.strict, {
  files: ["**/*.ts"],
  extends: [tseslint.configs.strictTypeCheckedOnly],
  languageOptions: {
    parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
  },
  rules: {
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
