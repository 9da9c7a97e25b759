/** For addresses that no page has. */
export function NotFound() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <a href="/">The fleet</a> is a good place to begin.
      </p>
    </>
  );
}
