/** The page loads uPlot from `vendor/uplot.js`, which the server answers from the package. */
export { default } from 'uplot';
