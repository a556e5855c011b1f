namespace RfDetr.Training;

/// <summary>A configuration file cannot be used as it is: the message names file, line, key and value.</summary>
public sealed class ConfigurationFileException(string message, Exception? inner = null) : RfDetrException(message, inner);
