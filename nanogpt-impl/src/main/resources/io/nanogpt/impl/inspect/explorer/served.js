// The model of the server of this page.

/** Numbers from Base64 of 32-bit floats. */
export function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

async function answer(response) {
  const body = await response.json().catch(() => ({error: `the server answered with status ${response.status}`}));
  if (!response.ok) {
    throw new Error(body.error);
  }
  return body;
}

async function ask(path, question) {
  let response;
  try {
    response = await fetch(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(question)});
  } catch {
    throw new Error('the server of this page is gone; start it again and open its new address');
  }
  return answer(response);
}

/** Opens the source of the page's data. */
export async function open() {
  const model = await answer(await fetch('model.json'));
  return {
    model,
    async inspect(text, removed) {
      const read = await ask('inspect', {...text, removed});
      return {...read, logits: floats(read.logits)};
    },
    attention: async (ids, removed, layer, {from = 0, to = ids.length} = {}) => floats((await ask('attention', {ids, removed, layer, from, to})).weights),
    lens: async (ids, removed, layer) => (await ask('lens', {ids, removed, layer})).predictions,
    next: async (ids, removed) => floats((await ask('next', {ids, removed})).logits),
    neighbours: async (id, count) => (await ask('neighbours', {id, count})).neighbours,
    async map() {
      const map = await ask('map', {});
      return {...map, x: floats(map.x), y: floats(map.y)};
    },
    induction: async removed => (await ask('induction', {removed})).scores,
  };
}
