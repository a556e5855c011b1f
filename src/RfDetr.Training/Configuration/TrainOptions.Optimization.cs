namespace RfDetr.Training;

#pragma warning disable CS1591 // Described by their attributes: see TrainOptions.cs.

public sealed partial record TrainOptions
{
    [TrainOption("RATE", "Learning rate of everything but the encoder (the decoder's is lr × lr_component_decay).", Least = 0, Most = 10)]
    public double Lr { get; init; } = 1e-4;

    [TrainOption("RATE", "Learning rate of the encoder's last layer before the decays.", Least = 0, Most = 10)]
    public double LrEncoder { get; init; } = 1.5e-4;

    [TrainOption("FACTOR", "Factor on the encoder's rate for each layer further down.", Least = 0, Most = 1)]
    public double LrVitLayerDecay { get; init; } = 0.8;

    [TrainOption("FACTOR", "Factor on the decoder's rate; its square is on the encoder's.", Least = 0, Most = 1)]
    public double LrComponentDecay { get; init; } = 0.7;

    [TrainOption("step|cosine", "How the rates fall.")]
    public string LrScheduler { get; init; } = "step";

    [TrainOption("EPOCH", "With 'step': the rates are divided by 10 from this epoch on.", Least = 1, Most = 1_000_000)]
    public int LrDrop { get; init; } = 100;

    [TrainOption("FACTOR", "With 'cosine': the share of the rate that is left at the end.", Least = 0, Most = 1)]
    public double LrMinFactor { get; init; }

    [TrainOption("EPOCHS", "Epochs in which the rates rise from 0; may be a fraction.", Least = 0, Most = 1_000_000)]
    public double WarmupEpochs { get; init; }

    [TrainOption("DECAY", "AdamW's weight decay.", Least = 0, Most = 10)]
    public double WeightDecay { get; init; } = 1e-4;

    [TrainOption("NORM", "Gradients are scaled down to this norm; 0: never.", Least = 0, Most = 1e6)]
    public double ClipMaxNorm { get; init; } = 0.1;

    [TrainOption("on|off", "Keep an exponential moving average of the weights; usually the better model.")]
    public bool UseEma { get; init; } = true;

    [TrainOption("DECAY", "Decay of the average after its first updates.", Least = 0, Most = 1)]
    public double EmaDecay { get; init; } = 0.993;

    [TrainOption("N", "Updates in which the average's decay grows; 0: none.", Least = 0, Most = 1e9)]
    public double EmaTau { get; init; } = 100;

    [TrainOption("RATE", "Share of the encoder's residual branches left out at random in its last layer (stochastic depth).", Least = 0, Most = 0.99)]
    public double DropPath { get; init; }

    [TrainOption("on|off", "Compute the encoder's layers a second time instead of keeping their values: less memory, more time.", MayChange = true)]
    public bool GradientCheckpointing { get; init; }

    [TrainOption("on|off", "Leave the whole encoder as it is.")]
    public bool FreezeEncoder { get; init; }

    [TrainOption("N", "Leave the encoder's embeddings and its first N layers as they are.", Least = 0, Most = 1000)]
    public int FreezeLayers { get; init; }

    [TrainOption("EPOCH:LAYERS", "From an epoch on (counted from 0) only so many layers stay frozen, e.g. 5:6,10:0.")]
    public IReadOnlyList<string> Unfreeze { get; init; } = [];

    [TrainOption("no|lora|dora", "Train small additions to the encoder's attention instead of the encoder; merged in what is saved for use.")]
    public string Adapter { get; init; } = "no";

    [TrainOption("N", "Rank of the additions.", Least = 1, Most = 1024)]
    public int LoraRank { get; init; } = 16;

    [TrainOption("ia_bce|focal|varifocal|position", "The class loss.")]
    public string ClsLoss { get; init; } = "ia_bce";

    [TrainOption("WEIGHT", "Weight of the class loss.", Least = 0, Most = 1e6)]
    public double ClsLossCoef { get; init; } = 1;

    [TrainOption("WEIGHT", "Weight of the boxes' L1 loss.", Least = 0, Most = 1e6)]
    public double BboxLossCoef { get; init; } = 5;

    [TrainOption("WEIGHT", "Weight of the boxes' GIoU loss.", Least = 0, Most = 1e6)]
    public double GiouLossCoef { get; init; } = 2;

    [TrainOption("WEIGHT", "Weight of the masks' cross-entropy.", Least = 0, Most = 1e6)]
    public double MaskCeLossCoef { get; init; } = 5;

    [TrainOption("WEIGHT", "Weight of the masks' dice loss.", Least = 0, Most = 1e6)]
    public double MaskDiceLossCoef { get; init; } = 5;

    [TrainOption("none|balanced", "Weights of the classes in the class loss; balanced: rare ones count more.")]
    public string ClassWeights { get; init; } = "none";
}
