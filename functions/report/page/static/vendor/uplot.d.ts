/** The page loads uPlot from `vendor/uplot.js`, which the server answers from the package. */
// oxlint-disable-next-line import/no-default-export -- the package has no other export
export { default } from 'uplot';
