// Says how many of the album's stickers the browser has loaded.
addEventListener('load', () => {
  const loaded = [...document.querySelectorAll('.album img')].filter(({ complete }) => complete);
  document.getElementById('counted').textContent = `${loaded.length} stickers are loaded.`;
});
