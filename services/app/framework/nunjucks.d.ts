// The types of Nunjucks are those of its first home: Eleventy, which maintains it now, ships none.

declare module '@11ty/nunjucks' {
  import nunjucks from 'nunjucks';

  export default nunjucks;
}
