// The types of the original package: Eleventy, which maintains Nunjucks now, ships none.

declare module '@11ty/nunjucks' {
  import nunjucks from 'nunjucks';

  export default nunjucks;
}
