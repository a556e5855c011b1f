namespace RfDetr.Tracking;

/// <summary>
/// HOTA and its parts (J. Luiten et al., IJCV 2021); each is the mean over the IoU thresholds 0.05, 0.10, … 0.95 unless said
/// otherwise.
/// </summary>
/// <param name="Hota">√(DetA · AssA).</param>
/// <param name="DetA">Detection accuracy: TP / (TP + FN + FP).</param>
/// <param name="AssA">Association accuracy: mean over TP of TPA / (TPA + FNA + FPA).</param>
/// <param name="DetRe">Detection recall.</param>
/// <param name="DetPr">Detection precision.</param>
/// <param name="AssRe">Association recall.</param>
/// <param name="AssPr">Association precision.</param>
/// <param name="LocA">Mean IoU of matched pairs.</param>
/// <param name="HotaAt05">HOTA at the threshold 0.05 alone.</param>
/// <param name="HotaPerThreshold">HOTA per threshold.</param>
/// <param name="DetAPerThreshold">DetA per threshold.</param>
/// <param name="AssAPerThreshold">AssA per threshold.</param>
public sealed record HotaScores(
    double Hota,
    double DetA,
    double AssA,
    double DetRe,
    double DetPr,
    double AssRe,
    double AssPr,
    double LocA,
    double HotaAt05,
    IReadOnlyList<double> HotaPerThreshold,
    IReadOnlyList<double> DetAPerThreshold,
    IReadOnlyList<double> AssAPerThreshold);

/// <summary>The CLEAR MOT metrics (K. Bernardin and R. Stiefelhagen, 2008) at IoU 0.5.</summary>
/// <param name="Mota">1 − (FN + FP + switches) / truth.</param>
/// <param name="Motp">Mean IoU of matched pairs.</param>
/// <param name="Moda">1 − (FN + FP) / truth.</param>
/// <param name="Recall">TP / truth.</param>
/// <param name="Precision">TP / (TP + FP).</param>
/// <param name="TruePositives">Matched pairs.</param>
/// <param name="FalseNegatives">True objects without a match.</param>
/// <param name="FalsePositives">Predicted objects without a match.</param>
/// <param name="IdSwitches">Matches whose id differs from the last one that the object had.</param>
/// <param name="MostlyTracked">True objects matched in more than 80 % of their frames.</param>
/// <param name="PartlyTracked">True objects between the two.</param>
/// <param name="MostlyLost">True objects matched in less than 20 % of their frames.</param>
/// <param name="Fragmentations">Number of times that objects were lost and found again.</param>
public sealed record ClearScores(
    double Mota,
    double Motp,
    double Moda,
    double Recall,
    double Precision,
    long TruePositives,
    long FalseNegatives,
    long FalsePositives,
    long IdSwitches,
    long MostlyTracked,
    long PartlyTracked,
    long MostlyLost,
    long Fragmentations);

/// <summary>The identity metrics (E. Ristani et al., 2016) at IoU 0.5: one assignment of ids for the whole sequence.</summary>
/// <param name="Idf1">IDTP / (IDTP + IDFN/2 + IDFP/2).</param>
/// <param name="Recall">IDTP / (IDTP + IDFN).</param>
/// <param name="Precision">IDTP / (IDTP + IDFP).</param>
/// <param name="TruePositives">Matches of assigned ids.</param>
/// <param name="FalseNegatives">True objects not matched by their assigned id.</param>
/// <param name="FalsePositives">Predicted objects not matched with their assigned id.</param>
public sealed record IdentityScores(
    double Idf1, double Recall, double Precision, long TruePositives, long FalseNegatives, long FalsePositives);

/// <summary>Agreement of tracks with the truth.</summary>
/// <param name="Hota">HOTA and its parts.</param>
/// <param name="Clear">MOTA, switches and the like.</param>
/// <param name="Identity">IDF1 and its parts.</param>
public sealed record TrackingScores(HotaScores Hota, ClearScores Clear, IdentityScores Identity);
