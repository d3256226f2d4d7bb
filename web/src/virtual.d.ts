declare module 'virtual:pages' {
  /** Name of a page -> its module. */
  const pages: Record<string, () => Promise<unknown>>
  export default pages
}
