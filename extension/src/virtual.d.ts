/** What the extension is built with, made by build.ts out of the catalog. */
declare module 'virtual:catalog' {
  const catalog: {
    version: string;
    /** Patterns that no permission of the manifest can say. */
    more: string[];
    extensions: string[];
  };
  export default catalog;
}
