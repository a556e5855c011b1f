namespace RfDetr.Training;

/// <summary>A run cannot go on: the message says what happened, at which step, and what to do.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : RfDetrException(message, inner);
