import{i as a}from"./chunk-7LCXAV4N.js";export{a as createEditor};
