"""The trusted side: reads the trace, checks values, writes the report. Never loads learner code."""
