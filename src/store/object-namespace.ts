/** What is needed of the binding of a Durable Object class. */
export interface ObjectNamespace<Calls> {
  getByName(name: string): Calls
}
